import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "vitest";
import { checkMarkdown } from "./support/markdown.tsx";

const CORPUS = join(import.meta.dirname, "corpus/markdown");
const names = readdirSync(CORPUS);
const corpus = names.map(
	(name) => new Uint8Array(readFileSync(join(CORPUS, name))),
);

/** The same inputs each time; other ones by the variables that the Rust targets know, too. */
const seed = Number(process.env.BATTALA_FUZZ_SEED ?? 1);
const perFile = Number(process.env.BATTALA_FUZZ_MUTATIONS ?? 5);

const marks = fc.constantFrom(
	..."*_~`>#|[]()<!-\n\\ &:/\0".split(""),
	...[
		"||",
		"**",
		"~~",
		"```\n",
		"\n\n",
		"> ",
		"- ",
		"1. ",
		"https://a.b",
		"](",
		"é",
	],
);

/** A piece of a file, a mark or any octets, so many times. */
const piece = fc
	.tuple(
		fc.oneof(
			fc
				.tuple(fc.constantFrom(...corpus), fc.nat(), fc.nat())
				.map(([bytes, from, to]) => cut(bytes, from, to)),
			marks.map((mark) => new TextEncoder().encode(mark)),
			fc.uint8Array({ maxLength: 4 }),
		),
		fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 20 })),
	)
	.map(([bytes, times]) => Array<Uint8Array>(times).fill(bytes));

const input = fc
	.array(piece, { minLength: 1, maxLength: 12 })
	.map(
		(pieces) => new Uint8Array(pieces.flat().flatMap((bytes) => [...bytes])),
	);

function cut(bytes: Uint8Array, from: number, to: number): Uint8Array {
	const start = from % (bytes.length + 1);
	return bytes.subarray(start, start + (to % (bytes.length - start + 1)));
}

describe("markdown of any bytes", () => {
	it.each(names.map((name, index) => ({ name, bytes: corpus[index] })))(
		"is drawn as it should be: $name",
		({ bytes }) => checkMarkdown(bytes ?? new Uint8Array()),
	);

	it("is drawn as it should be, whatever becomes of the corpus", () => {
		fc.assert(
			fc.property(input, (bytes) => checkMarkdown(bytes)),
			{ seed, numRuns: perFile * corpus.length },
		);
	}, 120_000);
});
