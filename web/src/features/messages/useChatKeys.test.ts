import { fireEvent, renderHook } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
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
