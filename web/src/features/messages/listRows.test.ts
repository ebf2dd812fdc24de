import { expect, it } from "vitest";
import { cameAboveLast, isCutOff, type ListRow, listRows } from "./listRows.ts";

const message = (id: string): ListRow => ({
	kind: "message",
	key: id,
	id,
	isGrouped: false,
});
const pending = (nonce: string): ListRow => ({
	kind: "pending",
	key: `mine:${nonce}`,
	nonce,
	isGrouped: false,
});
const [a, b, c, p, q] = [
	message("a"),
	message("b"),
	message("c"),
	pending("p"),
	pending("q"),
];
const divider: ListRow = { kind: "unread", key: "unread", count: 1 };
const stored = { ...message("p"), key: "mine:p" };

it.each([
	{ what: "one of another", before: [a, p], now: [a, b, p] },
	{ what: "one above mine", before: [a, p, q], now: [a, b, stored, q] },
	{ what: "one, and an old one left", before: [a, b, p], now: [b, c, p] },
])("sees that there came $what", ({ before, now }) => {
	expect(cameAboveLast(before, now)).toBe(true);
});

it.each([
	{ what: "nothing", before: [a, p], now: [a, p] },
	{ what: "the hub's answer", before: [a, p], now: [a, stored] },
	{ what: "history", before: [b, p], now: [a, b, p] },
	{ what: "another last row", before: [a], now: [a, b] },
	{ what: "the unread divider", before: [a, b, p], now: [a, divider, b, p] },
	{ what: "fewer", before: [a, b, p], now: [a, p] },
	{ what: "the first rows", before: [], now: [a, b] },
])("is not misled by $what", ({ before, now }) => {
	expect(cameAboveLast(before, now)).toBe(false);
});

it("leaves the view alone while newer ones are still to come", () => {
	const before = listRows([], { hasNewer: true, isNewerFailed: false });
	const now = [a, b, ...before];
	expect(cameAboveLast([a, ...before], now)).toBe(false);
});

it.each([
	{ what: "nothing newer", hasNewer: false, isNewerFailed: false, ends: false },
	{
		what: "newer on its way",
		hasNewer: true,
		isNewerFailed: false,
		ends: false,
	},
	{ what: "newer not loaded", hasNewer: true, isNewerFailed: true, ends: true },
	{
		what: "a gap at the end",
		hasNewer: false,
		isNewerFailed: true,
		ends: true,
	},
])("says at its end what is not to be had: $what", ({ ends, ...view }) => {
	const rows = listRows([], view);
	expect(isCutOff(rows)).toBe(ends);
	expect(rows).toHaveLength(view.hasNewer || ends ? 1 : 0);
});
