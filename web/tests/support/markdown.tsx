/**
 * Fuzz target: the text of a message, as a plain function over bytes that throws when a promise is
 * broken. The client's parser of Markdown is the only one there is; the hub keeps text as it is.
 */
import { cleanup, fireEvent, render } from "@testing-library/react";
import type { Root, RootContent } from "mdast";
import { expect } from "vitest";
import { Markdown } from "@/features/messages/markdown/Markdown.tsx";
import {
	addresses,
	parse,
	plainText,
	safeHref,
} from "@/features/messages/markdown/parse.ts";

const NODES = new Set(
	"root paragraph heading blockquote list listItem code text emphasis strong delete inlineCode link linkReference break spoiler".split(
		" ",
	),
);

const ELEMENTS = new Set(
	"P BR EM STRONG DEL CODE PRE A UL OL LI BLOCKQUOTE FIGURE FIGCAPTION SPAN DIV BUTTON svg path rect".split(
		" ",
	),
);

/** No markup of the author's; nothing is made up, nothing is lost, and all of it is shown. */
export function checkMarkdown(bytes: Uint8Array) {
	const text = new TextDecoder().decode(bytes);
	const tree = parse(text);
	const nodes = nodesOf(tree);
	expect(nodes.length).toBeLessThanOrEqual(4 * text.length + 10);
	for (const node of nodes) {
		expect(NODES.has(node.type), node.type).toBe(true);
		if (node.type === "text") checkAddresses(node.value);
		if (node.type === "link") checkHref(safeHref(node.url));
	}
	const words = lettersOf(nodes.map(textOf).join(""));
	expectWithin(words, lettersOf(text));
	expect(plainText(text, "").length).toBeLessThanOrEqual(2 * text.length + 1);
	checkDrawn(text, words);
}

function checkDrawn(text: string, words: string) {
	const root = render(<Markdown text={text} />).container;
	for (const element of root.querySelectorAll("*")) {
		expect(ELEMENTS.has(element.tagName), element.tagName).toBe(true);
		for (const { name } of element.attributes) expect(name).not.toMatch(/^on/i);
		const href = element.getAttribute("href");
		if (href !== null) checkHref(href);
	}
	for (const button of root.querySelectorAll("figure button"))
		if (/lines/u.test(button.textContent)) fireEvent.click(button);
	expect(root.querySelector("a a"), "a link within a link").toBeNull();
	expectWithin(words, lettersOf(root.textContent));
	cleanup();
}

function checkHref(href: string | undefined) {
	if (href !== undefined) expect(href).toMatch(/^(?:https?:|mailto:)/u);
}

/** Splitting a text loses no letter: put together, its parts are the text again. */
function checkAddresses(value: string) {
	const parts = addresses(value).map((part) =>
		part.type === "url" ? part.href : part.value,
	);
	expect(parts.join("")).toBe(value);
}

function nodesOf(root: Root): (Root | RootContent)[] {
	const nodes: (Root | RootContent)[] = [root];
	// What is appended while it runs is visited, too; children come right after their parent.
	for (let at = 0; at < nodes.length; at += 1) {
		const node = nodes[at];
		if (node && "children" in node) nodes.splice(at + 1, 0, ...node.children);
	}
	return nodes;
}

function textOf(node: Root | RootContent): string {
	return "value" in node ? node.value : "";
}

/**
 * Without spaces, and without the marks of spoilers, which are drawn as buttons. Markdown has no
 * U+0000; what is too deeply nested to be Markdown may have it.
 */
function lettersOf(text: string): string {
	return text.replaceAll(/[\s|]/gu, "").replaceAll("\0", "\uFFFD");
}

/** All letters of `some` stand in `all`, in their order. */
function expectWithin(some: string, all: string) {
	let at = 0;
	for (const letter of some) {
		at = all.indexOf(letter, at);
		if (at < 0) break;
		at += letter.length;
	}
	if (at < 0) expect(all).toBe(some);
}
