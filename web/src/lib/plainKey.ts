/** The key of a press without modifiers, or "": with one it is another key, and may be an action's. */
export function plainKey(
	event: Pick<
		KeyboardEvent,
		"key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey"
	>,
): string {
	const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
	return altKey || ctrlKey || metaKey || shiftKey ? "" : key;
}
