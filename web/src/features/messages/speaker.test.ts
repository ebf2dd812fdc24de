import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createSpeaker } from "./speaker.ts";

const said: string[] = [];
const speaker = () =>
	createSpeaker({
		say: (text) => said.push(text),
		one: (author, text) => `${author}: ${text}`,
		many: (count) => `${count} new`,
		hidden: () => "[hidden]",
	});

beforeEach(() => {
	said.length = 0;
	vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it("says one message at once and counts what comes within three seconds", () => {
	const voice = speaker();
	voice.add("Asha", "**hello** there");
	voice.add("Bo", "a");
	voice.add("Bo", "b");
	expect(said).toEqual(["Asha: hello there"]);
	vi.advanceTimersByTime(3000);
	expect(said).toEqual(["Asha: hello there", "2 new"]);
	vi.advanceTimersByTime(3000);
	voice.add("Bo", "later");
	expect(said.at(-1)).toBe("Bo: later");
});

it("shortens a long message and is silent once stopped", () => {
	const voice = speaker();
	voice.add("Asha", "x".repeat(500));
	expect(said[0]).toHaveLength("Asha: ".length + 140);
	voice.add("Bo", "lost");
	voice.stop();
	vi.advanceTimersByTime(10_000);
	expect(said).toHaveLength(1);
});

it("does not tell what a spoiler hides", () => {
	const voice = speaker();
	voice.add("Asha", "it was ||the gardener||\n\n||```\nand the cook\n```||!");
	expect(said).toEqual(["Asha: it was [hidden] [hidden] !"]);
});
