/**
 * Guesses of row heights in px until a row is measured. A good guess spares the list from moving
 * everything when the row comes near; a bad one is only slower.
 */
import { getState, selectMessage } from "@/stores/index.ts";
import type { ListRow } from "./listRows.ts";

/** Three rows of `SkeletonRows`; the list gives them exactly this room. */
export const SKELETON_PX = 156;

const HEIGHTS = {
	start: 150,
	newer: SKELETON_PX,
	day: 36,
	unread: 32,
} as const;

/** Of the normal looks; others are measured soon enough. */
const LINE_PX = 22;
const PADDING_PX = 4;
/** A row of one line without a head. */
export const ROW_PX = LINE_PX + PADDING_PX;
/** The head of a group and the gap above it. */
export const HEAD_PX = 38;
/** What the gutter and the end of a row take of the pane. */
const BESIDE_PX = 88;
/** The mean width of a letter in the normal size, with what the end of a line leaves empty. */
const LETTER_PX = 7;

export function guessHeight(
	channelId: string,
	row: ListRow | undefined,
	paneWidth: number,
): number {
	if (!row) return 0;
	if (row.kind !== "message" && row.kind !== "pending")
		return HEIGHTS[row.kind];
	const head = row.isGrouped ? 0 : HEAD_PX;
	const text =
		row.kind === "message"
			? selectMessage(getState(), channelId, row.id)?.content
			: undefined;
	const letters = Math.max(20, (paneWidth - BESIDE_PX) / LETTER_PX);
	return head + PADDING_PX + LINE_PX * linesOf(text ?? "", letters);
}

function linesOf(text: string, letters: number): number {
	if (text.length <= letters && !text.includes("\n")) return 1;
	return text
		.split("\n")
		.reduce(
			(sum, line) => sum + Math.max(1, Math.ceil(line.length / letters)),
			0,
		);
}
