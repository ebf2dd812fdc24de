import { useAnnouncement } from "./announce";

/** The two live regions of the page. They stand apart from what they speak about. */
export function Announcer() {
	const { polite, assertive } = useAnnouncement();
	return (
		<>
			<div aria-live="polite" aria-atomic="true" className="sr-only">
				{polite}
			</div>
			<div aria-live="assertive" aria-atomic="true" className="sr-only">
				{assertive}
			</div>
		</>
	);
}
