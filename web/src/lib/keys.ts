/** Key combinations as texts such as `Mod+Shift+K`, where `Mod` is Ctrl or ⌘. Knows no action. */

/** Why a combination cannot be given an action. */
export type Refusal = "bare" | "browser" | "writing" | "walking";

/** Where a combination counts: in the whole client, or on a message that has the focus. */
export type Scope = "page" | "message";

type Press = Pick<
	KeyboardEvent,
	"key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"
> & { getModifierState?: (name: string) => boolean };

const MODIFIERS = new Set(["Control", "Meta", "Alt", "Shift", "AltGraph"]);

/** What is pressed, or null while only modifiers are, or when AltGr writes a letter. */
export function comboOf(event: Press): string | null {
	if (MODIFIERS.has(event.key) || event.getModifierState?.("AltGraph"))
		return null;
	const key = nameOf(event);
	// A sign such as / may itself need Shift on some keyboards.
	const isSign = key.length === 1 && !/[A-Z0-9]/u.test(key);
	return [
		event.ctrlKey || event.metaKey ? "Mod" : "",
		event.altKey ? "Alt" : "",
		event.shiftKey && !isSign ? "Shift" : "",
		key,
	]
		.filter(Boolean)
		.join("+");
}

/** Letters by what they write; where that is not Latin, by where they stand. */
function nameOf({ key, code }: Press): string {
	if (key.length !== 1) return key;
	if (/[!-~]/u.test(key)) return key.toUpperCase();
	return /^(?:Key|Digit)(.)$/u.exec(code)?.[1] ?? key;
}

/** Tabs, windows, the address, history, zoom and tools: most of these never reach a page. */
const BROWSER = new Set(
	[
		"Mod+T Mod+N Mod+W Mod+Q Mod+R Mod+L Mod+D Mod+H Mod+J Mod+P Mod+O Mod+0 Mod+- Mod++ Mod+=",
		"Mod+1 Mod+2 Mod+3 Mod+4 Mod+5 Mod+6 Mod+7 Mod+8 Mod+9 Mod+PageUp Mod+PageDown Mod+Tab Mod+F4",
		"Mod+Shift+T Mod+Shift+N Mod+Shift+P Mod+Shift+W Mod+Shift+Q Mod+Shift+R Mod+Shift+I Mod+Shift+J",
		"Mod+Shift+C Mod+Shift+K Mod+Shift+Tab Mod+Shift+Delete Alt+ArrowLeft Alt+ArrowRight Alt+Home",
		"Alt+F4 Alt+D Alt+E Alt+F Alt+Tab F1 F3 F5 F6 Shift+F6 F7 F11 F12 Shift+F10",
	]
		.join(" ")
		.split(" "),
);

/** Clipboard, undo, marking text and moving in it. */
const WRITING =
	/^(?:Mod\+(?:Shift\+)?[ABCEIVXYZSU]|(?:\w+\+)*(?:Tab|Enter| |Backspace|Delete|Home|End|ArrowLeft|ArrowRight))$/u;

/** Going from message to message, into one and away from it. */
const WALKING =
	/^(?:\w+\+)*(?:Tab|Enter| |Escape|Home|End|Page(?:Up|Down)|Arrow\w+)$/u;

/** Why `combo` cannot be chosen for an action of `scope`; null when it can. */
export function refusalOf(combo: string, scope: Scope): Refusal | null {
	if (BROWSER.has(combo)) return "browser";
	return scope === "page" ? refusalOnPage(combo) : refusalOnMessage(combo);
}

function refusalOnPage(combo: string): Refusal | null {
	if (WRITING.test(combo)) return "writing";
	const isSafe = /^(?:Mod|Alt)\+|^(?:Shift\+)?F\d+$|^Shift\+Escape$/u;
	return isSafe.test(combo) ? null : "bare";
}

/** Nothing is written there, so that a letter alone will do. */
function refusalOnMessage(combo: string): Refusal | null {
	if (WALKING.test(combo)) return "walking";
	// What is marked on the page can be copied from a message as well.
	return combo.startsWith("Mod+") && WRITING.test(combo) ? "writing" : null;
}
