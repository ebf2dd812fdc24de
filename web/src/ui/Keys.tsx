const isMac =
	typeof navigator !== "undefined" &&
	/mac|iphone|ipad/i.test(navigator.userAgent);

const MAC_GLYPHS: Record<string, string> = {
	Mod: "⌘",
	Alt: "⌥",
	Shift: "⇧",
	Ctrl: "⌃",
};

const GLYPHS: Record<string, string> = {
	ArrowDown: "↓",
	ArrowUp: "↑",
	Delete: "Del",
	Escape: "Esc",
	Mod: "Ctrl",
};

function glyph(key: string): string {
	return (isMac ? MAC_GLYPHS[key] : undefined) ?? GLYPHS[key] ?? key;
}

/** The combination as a sentence or a tooltip names it. */
export function keysText(combo: string): string {
	return partsOf(combo).map(glyph).join("+");
}

/** `Mod++` is Ctrl and the plus. */
function partsOf(combo: string): string[] {
	return combo.split(/\+(?!$)/u);
}

/** A key combination such as `Mod+K`, written as this machine's keyboard names it. */
export function Keys({ combo }: { combo: string }) {
	return (
		<span className="inline-flex gap-1">
			{partsOf(combo).map((key) => (
				<kbd
					key={key}
					className="min-w-5 rounded-chip border border-line bg-side px-1 text-center font-sans text-small text-ink-2"
				>
					{glyph(key)}
				</kbd>
			))}
		</span>
	);
}
