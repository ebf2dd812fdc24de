import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { colour } from "./colours.ts";
import { firstLines, type Stretch } from "./stretches.ts";

const textOf = (stretches: readonly Stretch[] | null) =>
	(stretches ?? []).map(({ text }) => text).join("");
const hueOf = (stretches: readonly Stretch[] | null, text: string) =>
	stretches?.find((one) => one.text.includes(text))?.hue;

it("tells words, texts, values and asides apart", async () => {
	const code = 'let n = 18; // a minute\nlet s = "litres";';
	const found = await colour(code, "rs");
	expect(textOf(found)).toBe(code);
	expect(hueOf(found, "let")).toBe("word");
	expect(hueOf(found, "18")).toBe("value");
	expect(hueOf(found, "minute")).toBe("aside");
	expect(hueOf(found, "litres")).toBe("text");
});

it("knows code within code", async () => {
	const code = "<p>hi</p><script>const n = 1;</script>";
	const found = await colour(code, "html");
	expect(textOf(found)).toBe(code);
});

it("leaves what it does not know alone", async () => {
	expect(await colour("x", "klingon")).toBeNull();
	expect(await colour("x", "constructor")).toBeNull();
});

it("leaves lines alone that nobody wrote for a reader", async () => {
	expect(await colour(`let n;\n${"[](".repeat(1320)}`, "md")).toBeNull();
	expect(await colour(`let n;\n${" ".repeat(500)}`, "md")).not.toBeNull();
});

it("never changes a letter of the code, in any language", async () => {
	const names = ["ts", "py", "sh", "yaml", "css", "md", "sql", "diff", "php"];
	await fc.assert(
		fc.asyncProperty(
			fc.string({ unit: "grapheme", maxLength: 120 }),
			fc.constantFrom(...names),
			async (code, name) => {
				expect(textOf(await colour(code, name))).toBe(code);
			},
		),
		{ numRuns: 200 },
	);
});

it("folds after whole lines", () => {
	const stretches: Stretch[] = [
		{ text: "one\ntwo", hue: "word" },
		{ text: " and\nthree", hue: undefined },
		{ text: "\nfour", hue: "text" },
	];
	expect(textOf(firstLines(stretches, 2))).toBe("one\ntwo and");
	expect(textOf(firstLines(stretches, 3))).toBe("one\ntwo and\nthree");
	expect(textOf(firstLines(stretches, 9))).toBe(textOf(stretches));
});

it("uses only colours that can be read on the block in both themes", () => {
	const tokens = readFileSync("src/styles/tokens.css", "utf8");
	for (const theme of [1, 2] as const) {
		const pair = (name: string) =>
			new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(tokens)?.[
				theme
			] ?? "";
		const ground = luminance(pair("bg-side"));
		for (const name of ["info", "leaf", "warn", "link", "text-3", "danger"]) {
			const ink = luminance(pair(name));
			const [dark, light] = [ink, ground].toSorted((a, b) => a - b);
			const ratio = ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
			expect(ratio, `${name} ${theme}`).toBeGreaterThanOrEqual(4.5);
		}
	}
});

/** Relative luminance (WCAG 2.2) of `#rrggbb`. */
function luminance(colour: string): number {
	const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
		const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
