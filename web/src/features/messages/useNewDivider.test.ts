import { expect, it } from "vitest";
import type { ListRow } from "./listRows.ts";
import { isLate, viewToShow } from "./useNewDivider.ts";

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

const row = (id: string): ListRow => {
	return { kind: "message", key: id, id, isGrouped: false };
};
const divider: ListRow = { kind: "unread", key: "unread", count: 0 };

it("tells a divider that came with news from one that came with older history", () => {
	const before = [row("3"), row("4")];
	const news = [row("3"), row("4"), divider, row("5")];
	expect(isLate(before, news, 2)).toBe(true);
	expect(isLate(before, [row("3"), divider, row("4")], 1)).toBe(true);
	const older = [divider, row("1"), row("2"), row("3"), row("4")];
	expect(isLate(before, older, 0)).toBe(false);
	const elsewhere = [row("8"), divider, row("9")];
	expect(isLate(before, elsewhere, 1)).toBe(false);
	expect(isLate(before, before, -1)).toBe(false);
});

it("takes a divider before all that was there for one that came late, where nothing is older", () => {
	const start: ListRow = { kind: "start", key: "start" };
	const day: ListRow = { kind: "day", key: "day:2026-11-30", at: 0 };
	const before = [start, day, row("3"), row("4")];
	const never = [start, divider, day, row("3"), row("4")];
	expect(isLate(before, never, 1)).toBe(true);
	expect(isLate(before, [...never, row("5")], 1)).toBe(true);
	// What was read is older history that has come with it.
	const older = [start, day, row("2"), divider, row("3"), row("4")];
	expect(isLate([row("3"), row("4")], older, 3)).toBe(false);
});
