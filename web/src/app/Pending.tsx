/** Where a page or pane will be: a landmark that says it is not there yet, and shows nothing. */
export function Pending() {
	return <main aria-busy="true" className="h-dvh grow" />;
}
