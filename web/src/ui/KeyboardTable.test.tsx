import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { KeyboardTable } from "./KeyboardTable.tsx";

afterEach(cleanup);

const keysOf = (does: string | RegExp) =>
	screen.queryByText(does)?.nextElementSibling?.textContent;

it("names the keys of everybody's order only to who may change it", () => {
	const move = /channel.*for everyone/;
	const table = render(<KeyboardTable mayMoveChannels={false} />);
	expect(keysOf(move)).toBeUndefined();
	table.rerender(<KeyboardTable mayMoveChannels />);
	expect(keysOf(move)).toBe("CtrlShift↑ ↓");
});

it("names both keys that lead to the ends", () => {
	render(<KeyboardTable mayMoveChannels />);
	expect(keysOf("First or last message")).toBe("Home End");
});

it("says where the same keys do something else", () => {
	render(<KeyboardTable mayMoveChannels />);
	expect(keysOf("Next unread channel")).toBe("AltShift↓");
	expect(keysOf("On a server in the list: move it, for you alone")).toBe(
		"AltShift↑ ↓",
	);
});
