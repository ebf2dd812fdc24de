import { afterEach, expect, it, vi } from "vitest";
import { copyText } from "./copyText.ts";
import { useToasts } from "./toasts.ts";

const shown = () => useToasts.getState().shown.map(({ text }) => text);

function fieldWith(value: string): HTMLInputElement {
	const field = document.createElement("input");
	field.value = value;
	document.body.append(field);
	return field;
}

/** The older way, as a browser without TLS has it. */
function command(doesCopy: boolean): string[] {
	const copied: string[] = [];
	document.execCommand = () => {
		if (!doesCopy) return false;
		const event = new Event("copy", { cancelable: true, bubbles: true });
		const clipboardData = {
			setData: (_: string, text: string) => copied.push(text),
		};
		document.dispatchEvent(Object.assign(event, { clipboardData }));
		return true;
	};
	return copied;
}

afterEach(() => {
	document.body.replaceChildren();
	useToasts.setState({ shown: [], log: [] });
	vi.unstubAllGlobals();
});

it("copies without TLS in the older way", async () => {
	vi.stubGlobal("navigator", {});
	const copied = command(true);
	await copyText("https://hub/invite/abc");
	expect(copied).toEqual(["https://hub/invite/abc"]);
	expect(shown()).toEqual(["Copied"]);
});

it("selects the text where the browser copies in no way", async () => {
	vi.stubGlobal("navigator", {});
	command(false);
	const field = fieldWith("https://hub/invite/abc");
	await copyText(field.value, field);
	expect(document.activeElement).toBe(field);
	expect([field.selectionStart, field.selectionEnd]).toEqual([0, 22]);
	expect(shown()).toEqual([
		"The browser did not allow copying. The text is selected: copy it with the keyboard or its menu.",
	]);
});
