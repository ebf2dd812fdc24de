import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { PaneSeparator } from "./PaneSeparator.tsx";

afterEach(cleanup);

it.each([
	[{}, [[1]]],
	[{ ctrlKey: true }, []],
	[{ shiftKey: true }, []],
])("moves by the arrow alone: %o", (modifier, moves) => {
	const nudge = vi.fn();
	const width = { px: 248, set: () => {}, nudge, reset: () => {} };
	render(<PaneSeparator width={width} />);
	const press = { key: "ArrowRight", ...modifier };
	fireEvent.keyDown(screen.getByRole("separator"), press);
	expect(nudge.mock.calls).toEqual(moves);
});
