import { expect, it } from "vitest";
import { viewToShow } from "./useNewDivider.ts";

/** A view of 400 px on 1000 px of rows, which end with it at 600. */
const view = (scrollTop: number) => ({
	scrollTop,
	clientHeight: 400,
	scrollHeight: 1000,
});
/** The divider, 32 px high, and the row below it. */
const at = (start: number) =>
	[
		{ start, end: start + 32 },
		{ start: start + 32, end: start + 58 },
	] as const;

it.each([
	{ what: "the first row of the view", start: 268, top: 300, to: "divider" },
	{ what: "a row half in the view", start: 260, top: 300, to: "divider" },
	{ what: "one further down", start: 400, top: 300, to: "divider" },
	{ what: "one above the view", start: 100, top: 300, to: "as it is" },
	{ what: "one below the view", start: 800, top: 300, to: "as it is" },
	{ what: "one seen from the end, at it", start: 700, top: 568, to: "end" },
	{
		what: "one seen from the end, off it",
		start: 700,
		top: 500,
		to: "divider",
	},
	{ what: "one that a head would hide", start: 610, top: 568, to: "divider" },
])("shows $to for $what", ({ start, top, to }) => {
	const [mark, marked] = at(start);
	expect(viewToShow(mark, marked, view(top))).toBe(to);
});
