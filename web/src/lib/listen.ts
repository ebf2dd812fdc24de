type Listeners = {
	[Name in keyof WindowEventMap]?: (event: WindowEventMap[Name]) => void;
};

/** Listens to several kinds of events at once; the answer ends them all. */
export function listen(
	target: Window | Document,
	listeners: Listeners,
	options?: AddEventListenerOptions,
): () => void {
	const life = new AbortController();
	for (const [name, handleEvent] of Object.entries(listeners))
		target.addEventListener(
			name,
			{ handleEvent },
			{ ...options, signal: life.signal },
		);
	return () => life.abort();
}
