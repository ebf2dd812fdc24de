import { fireEvent, renderHook } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { setComposer } from "./chatUi.ts";
import { useChatKeys } from "./useChatKeys.ts";

/** Stands where one writes. */
function place(name: "p" | "textarea"): HTMLElement {
	const element = document.body.appendChild(document.createElement(name));
	element.tabIndex = -1;
	setComposer(element);
	return element;
}

afterEach(() => {
	setComposer(null);
	document.body.replaceChildren();
});

it.each([
	[{}, 1],
	[{ altKey: true }, 0],
	[{ ctrlKey: true }, 0],
	[{ shiftKey: true }, 0],
])("goes to the newest message by Esc alone: %o", (modifier, times) => {
	const toPresent = vi.fn(async () => {});
	renderHook(() => useChatKeys("2", toPresent));
	fireEvent.keyDown(document.body, { key: "Escape", ...modifier });
	expect(toPresent).toHaveBeenCalledTimes(times);
});

it.each(["textarea", "p"] as const)(
	"begins to write by a letter pressed elsewhere, where there is a box and not a line: %s",
	(name) => {
		const element = place(name);
		renderHook(() => useChatKeys("2", async () => {}));
		fireEvent.keyDown(document.body, { key: "a" });
		expect(document.activeElement).toBe(
			name === "textarea" ? element : document.body,
		);
	},
);
