import { Virtualizer } from "@tanstack/react-virtual";
import { beforeEach, expect, it, vi } from "vitest";
import { keepAim } from "./keepAim.ts";
import type { ListRow } from "./listRows.ts";

const ROW_PX = 20;

beforeEach(() => {
	vi.useFakeTimers({
		toFake: ["requestAnimationFrame", "cancelAnimationFrame", "performance"],
	});
	return () => vi.useRealTimers();
});

const rowsFrom = (first: number): ListRow[] =>
	Array.from({ length: 200 - first }, (_, at) => ({
		kind: "message",
		key: String(first + at),
		id: String(first + at),
		isGrouped: true,
	}));

/** A list whose view is 100 px high, and where it was told to go. */
function list(rows: ListRow[]) {
	const element = document.createElement("div");
	const written: number[] = [];
	let report: (offset: number) => void = () => {};
	const options = (now: ListRow[]) => ({
		count: now.length,
		getScrollElement: () => element,
		estimateSize: () => ROW_PX,
		getItemKey: (index: number) => now[index]?.key ?? index,
		anchorTo: "end" as const,
		observeElementRect: (
			_: unknown,
			tell: (rect: { width: number; height: number }) => void,
		) => tell({ width: 100, height: 100 }),
		observeElementOffset: (
			_: unknown,
			tell: (offset: number, isScrolling: boolean) => void,
		) => {
			report = (offset) => tell(offset, false);
			report(0);
		},
		scrollToFn: (offset: number) => {
			written.push(offset);
			Object.defineProperty(element, "scrollTop", {
				value: offset,
				configurable: true,
			});
		},
	});
	Object.defineProperty(element, "clientHeight", { value: 100 });
	Object.defineProperty(element, "scrollHeight", { value: 100_000 });
	const virtual = new Virtualizer<HTMLDivElement, Element>(options(rows));
	virtual._didMount();
	virtual._willUpdate();
	return {
		virtual,
		written,
		show(now: ListRow[]) {
			virtual.setOptions(options(now));
			virtual._willUpdate();
		},
		settle() {
			for (let frame = 0; frame < 10; frame++) {
				report(written.at(-1) ?? 0);
				vi.advanceTimersToNextFrame();
			}
		},
	};
}

it("lets a jump end at its row when older ones come meanwhile", () => {
	const [before, after] = [rowsFrom(50), rowsFrom(0)];
	const { virtual, written, show, settle } = list(before);
	virtual.scrollToIndex(
		before.findIndex(({ key }) => key === "120"),
		{ align: "start" },
	);
	show(after);
	keepAim(virtual, before, after);
	settle();
	expect(written.at(-1)).toBe(120 * ROW_PX);
});

it("changes nothing of a jump whose row stays where it is, and of none", () => {
	const rows = rowsFrom(0);
	const { virtual, written, show, settle } = list(rows);
	keepAim(virtual, rows, rows);
	virtual.scrollToIndex(60, { align: "start" });
	const more: ListRow[] = [
		...rows,
		{ kind: "newer", key: "newer", isFailed: false },
	];
	show(more);
	keepAim(virtual, rows, more);
	settle();
	expect(written.at(-1)).toBe(60 * ROW_PX);
});
