import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { closeAllDialogs, isDialogOpen } from "@/ui/dialogs.tsx";
import { Markdown } from "./Markdown.tsx";
import { addresses, isEmojiOnly, parse, plainText, safeHref } from "./parse.ts";

afterEach(cleanup);

function show(text: string): HTMLElement {
	return render(<Markdown text={text} />).container;
}

const ALLOWED = new Set(
	"P BR EM STRONG DEL CODE PRE A UL OL LI BLOCKQUOTE FIGURE FIGCAPTION SPAN DIV BUTTON svg path rect".split(
		" ",
	),
);

function expectHarmless(root: HTMLElement) {
	for (const element of root.querySelectorAll("*")) {
		expect(ALLOWED.has(element.tagName), element.tagName).toBe(true);
		for (const { name } of element.attributes) expect(name).not.toMatch(/^on/i);
		const href = element.getAttribute("href");
		if (href !== null) expect(href).toMatch(/^(https?:|mailto:)/);
	}
	expect(root.querySelector(":is(a, button) :is(a, button)")).toBeNull();
}

/** Presses what hides something until nothing does. */
function uncover(root: HTMLElement) {
	while (root.querySelector("[inert]")) {
		const cover = root.querySelector("[data-cover]");
		if (!cover) throw new Error("hidden, and nothing to press");
		fireEvent.click(cover);
	}
}

/** What can be read without pressing anything. */
function open(root: HTMLElement): string {
	const seen = root.cloneNode(true) as HTMLElement;
	for (const part of seen.querySelectorAll("[inert], .sr-only")) part.remove();
	return seen.textContent;
}

const ATTACKS = [
	"<script>alert(1)</script>",
	"<img src=x onerror=alert(1)>",
	"[x](javascript:alert(1))",
	"[x](JaVaScRiPt:alert(1))",
	"[x](java\nscript:alert(1))",
	"[x](&#106;avascript:alert(1))",
	"[x](data:text/html,<script>alert(1)</script>)",
	"[x](vbscript:msgbox)",
	"![x](javascript:alert(1))",
	'[x](https://a.b "onmouseover=alert(1)")',
	"<javascript:alert(1)>",
	"[a]: javascript:alert(1)\n[a]",
	"<svg/onload=alert(1)>",
	"```html\n<script>alert(1)</script>\n```",
	"`<iframe src=javascript:alert(1)>`",
	"||<b onclick=alert(1)>||",
	"https://example.com/<script>alert(1)</script>",
	"javascript://example.com/%0aalert(1)",
	"[x](//evil.example)",
	"[x](/relative)",
	"<https://a.b/'onclick='alert(1)>",
	"\u0000<script>\u0000",
];

describe("markdown", () => {
	it.each(ATTACKS)("shows %j without markup of the author's", (text) => {
		expectHarmless(show(text));
	});

	it("stays harmless for whatever is typed", () => {
		const bits = fc.constantFrom(
			...ATTACKS,
			..."*_~`>#|[]()<!-\n\\ &:/".split(""),
			"https://a.b",
			"||",
			"||**",
			"](https://a.b)",
			"- ",
			"1. ",
			"```",
		);
		fc.assert(
			fc.property(
				fc.array(fc.oneof(bits, fc.string({ maxLength: 6 })), {
					maxLength: 40,
				}),
				(parts) => {
					const root = show(parts.join(""));
					expectHarmless(root);
					uncover(root);
					expectHarmless(root);
					cleanup();
				},
			),
			{ numRuns: 120 },
		);
	}, 30_000);

	it.each([">", "- ", "*", "[", "||", "_a", "`", "~~", "(https://a.b"])(
		"parses the longest run of %j in time",
		(unit) => {
			const text = unit.repeat(4000 / unit.length);
			const start = performance.now();
			show(text);
			expect(performance.now() - start).toBeLessThan(3000);
		},
	);

	it("draws marks as elements", () => {
		const root = show("**b** *i* ~~s~~ `c`\n\n> q\n\n- one\n- two\n\n# h");
		for (const tag of ["strong", "em", "del", "code", "blockquote", "ul", "li"])
			expect(root.querySelector(tag), tag).not.toBeNull();
		expect(root.querySelector("h1")).toBeNull();
	});

	it("links bare addresses without the sentence around them", () => {
		show("see (https://a.example/x_(y)), or https://b.example.");
		expect(
			screen.getAllByRole("link").map((a) => a.getAttribute("href")),
		).toEqual(["https://a.example/x_(y)", "https://b.example"]);
	});

	it("asks before it leads elsewhere than it says, by the middle button as well", () => {
		const root = show(
			"[bank.example](https://other.example/) [here](https://other.example/)",
		);
		const [misleading, honest] = root.querySelectorAll("a");
		const isStopped = (link: Element | undefined, button: number) => {
			const init = { bubbles: true, cancelable: true, button };
			const type = button === 0 ? "click" : "auxclick";
			const goesOn = link && fireEvent(link, new MouseEvent(type, init));
			const isAsked = isDialogOpen();
			act(closeAllDialogs);
			expect(isAsked).toBe(goesOn === false);
			return isAsked;
		};
		expect(isStopped(misleading, 0)).toBe(true);
		expect(isStopped(misleading, 1)).toBe(true);
		// The menu of the browser.
		expect(isStopped(misleading, 2)).toBe(false);
		expect(isStopped(honest, 1)).toBe(false);
	});

	it("hides a spoiler until it is pressed", () => {
		const root = show("it was ||the **gardener**|| all along");
		expect(screen.getByRole("button")).toBeTruthy();
		expect(root.querySelector("[inert]")?.textContent).toBe("the gardener");
	});

	it.each([
		"[it was ||the gardener||](https://a.example)",
		"[it was **||the gardener||**](https://a.example)",
		"||it was [||the gardener||](https://a.example)||",
		"||it was **all ||the gardener|| along** and always||",
		"||see https://a.example, [there](https://b.example)||",
	])("puts nothing to press into another: %s", (text) => {
		const root = show(text);
		expectHarmless(root);
		expect(screen.queryByRole("link")).toBeNull();
		expect(screen.getAllByRole("button")).toHaveLength(1);
		uncover(root);
		expectHarmless(root);
		expect(screen.queryAllByRole("link")).toHaveLength(
			text.split("https:").length - 1,
		);
		expect(screen.queryByRole("button")).toBeNull();
	});

	it.each([
		["over an empty line", "so ||secret\n\nsecret|| it is", "so  it is"],
		["over code", "||\n```js\nsecret\n```\n||", ""],
		["over code on its lines", "||```js\nsecret\n```||", ""],
		["over code behind words", "see ||```\nsecret\n``` secret|| so", "see  so"],
		["over code in a quote", "> ||```\n> secret\n> ```||", ""],
		["over a list", "||\n- secret\n- secret\n||\n\nso", "so"],
		["over a quote", "||\n> secret\n\nsecret|| so", " so"],
		["over a heading", "# ||secret\n\nsecret|| so", " so"],
		["over bold", "a ||secret **secret|| so**", "a  so"],
		["into bold", "**so ||secret** secret||", "so "],
		["over code in a line", "||`secret` ~~secret~~|| so", " so"],
		["over the middle", "||secret\n\n> secret\n\nsecret||", ""],
		["too deep", `${"*_".repeat(12)}||secret||${"_*".repeat(12)}`, undefined],
	])("hides %s", (_, text, rest) => {
		const root = show(text);
		expect(open(root)).not.toContain("secret");
		if (rest !== undefined) expect(open(root)).toBe(rest);
		expectHarmless(root);
		uncover(root);
		expect(root.textContent).toContain("secret");
		expect(root.textContent).not.toContain("||");
		expectHarmless(root);
	});

	it("uncovers all of a spoiler at once, and no other", () => {
		const text = "||one\n\n- two\n\nthree|| and ||four||";
		for (const part of [0, 1, 2]) {
			const root = show(text);
			const covers = root.querySelectorAll("[data-cover]");
			expect(covers).toHaveLength(4);
			fireEvent.click(covers[part] as HTMLElement);
			expect(screen.getAllByRole("button")).toHaveLength(1);
			expect(open(root)).toMatch(/one.*two.*three/s);
			expect(open(root)).not.toContain("four");
			cleanup();
		}
	});

	it.each([
		["over blocks", "||one\n\n- two\n- three\n\nfour||", 1],
		["in bold and beside", "**a ||b** c|| d", 1],
		["into a link", "||one\n\n[two|| three](https://a.example)", 1],
		["twice", "||one\n\ntwo||\n\n||three\n\nfour||", 2],
	])("is one to the keyboard and to a screen reader: %s", (_, text, count) => {
		const root = show(text);
		const covers = [...root.querySelectorAll("[data-cover]")];
		expect(covers.length).toBeGreaterThan(count);
		const stops = screen.getAllByRole("button", { name: /^Hidden text/ });
		expect(stops).toHaveLength(count);
		expect(stops[0]).toBe(covers[0]);
		expect(
			covers.filter((cover) => cover.getAttribute("tabindex") !== "-1"),
		).toEqual(stops);
	});

	it.each(["it was ||the gardener||", "||the\n\ngardener||"])(
		"keeps the focus on what is uncovered: %j",
		(text) => {
			show(text);
			const [cover] = screen.getAllByRole("button");
			cover?.focus();
			if (cover) fireEvent.click(cover);
			expect(document.activeElement?.textContent).toContain("the");
			expect(document.activeElement).not.toBe(document.body);
		},
	);

	it("draws nothing of what is hidden: no code, no line, no colour", () => {
		const root = show("||`a` ~~b~~ 👍||");
		expect(root.querySelector("[inert]")?.className).toContain("invisible");
	});

	it("covers again when the text changes", () => {
		const { container, rerender } = render(<Markdown text="||one||" />);
		uncover(container);
		rerender(<Markdown text="||two||" />);
		expect(open(container)).toBe("");
	});

	it("hides all the rest when there are more marks than it follows", () => {
		const many = Array.from({ length: 80 }, () => "||\n\nsecret\n\n||");
		const root = show(`${many.join("\n\n")}\n\nso||`);
		expect(open(root)).not.toContain("secret");
		expect(open(root)).toContain("so||");
		const covers = root.querySelectorAll("[data-cover]").length;
		expect(covers).toBeLessThanOrEqual(64);
		expectHarmless(root);
		uncover(root);
		expect(root.textContent.split("secret")).toHaveLength(81);
	});

	it("keeps fences that have nothing to do with spoilers", () => {
		const root = show("```\n||```js\n```\na || b");
		expect(root.querySelector("pre")?.textContent).toBe("||```js");
		expect(open(root)).toContain("a || b");
	});

	it("keeps an unfinished spoiler as it was typed", () => {
		expect(show("a || b").textContent).toBe("a || b");
		expect(show("a |||| b").textContent).toBe("a |||| b");
	});
});

describe("helpers of markdown", () => {
	it("read the words of a text", () => {
		expect(plainText("**hi** `there` ||you||", "…")).toBe("hi there …");
		expect(plainText("||a\n\nb|| c", "…")).toBe("… … c");
	});

	it("open only what is safe to open", () => {
		expect(safeHref("https://a.b")).toBe("https://a.b/");
		expect(safeHref(" javascript:alert(1)")).toBeUndefined();
		expect(safeHref("/x")).toBeUndefined();
	});

	it("count emoji as a reader does", () => {
		expect(isEmojiOnly("👩‍👩‍👧 🇧🇩 👍🏽")).toBe(true);
		expect(isEmojiOnly("123")).toBe(false);
		expect(isEmojiOnly("ok 👍")).toBe(false);
		expect(isEmojiOnly("👍".repeat(11))).toBe(false);
		expect(isEmojiOnly("👍🏽\n\n 👍🏽")).toBe(true);
		expect(isEmojiOnly("  \n")).toBe(false);
	});

	it("look at each letter once, however it could be divided", () => {
		// A toned hand is one emoji and also two: whoever tries both for each of them never ends.
		for (const emoji of ["👍🏽", "👩🏽‍🚀", "🇧🇩🇧", "❤️‍🔥"]) {
			const many = emoji.repeat(200 / emoji.length - 1);
			expect(isEmojiOnly(`${many}x`)).toBe(false);
		}
	});

	it("end an address before what ends the sentence around it", () => {
		const linked = (text: string) =>
			addresses(text).flatMap((part) => (part.type === "url" ? part.href : []));
		for (const after of [".", "),", "?!", ").)", "**", "..".repeat(900)])
			expect(linked(`(see http://a.b/c${after} then`)).toEqual([
				"http://a.b/c",
			]);
		expect(linked("http://a.b/c_(d)).")).toEqual(["http://a.b/c_(d)"]);
		expect(linked(`http://a.b/${")".repeat(1900)}`)).toEqual(["http://a.b/"]);
	});

	it("take a text with very many marks for what was typed", () => {
		const text = "*_a".repeat(600);
		expect(parse(text).children).toEqual([
			{ type: "paragraph", children: [{ type: "text", value: text }] },
		]);
	});

	it("give the same tree for the same text", () => {
		expect(parse("*x*")).toBe(parse("*x*"));
	});
});
