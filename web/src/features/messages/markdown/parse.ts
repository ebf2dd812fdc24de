/**
 * From the text of a message to a tree. No HTML exists at any point: what is not understood stays
 * the text it was. Knows nothing of React.
 */
import type { Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import { onForget } from "@/lib/forget.ts";
import { cover, freeFences } from "./spoilers.ts";

/** The hub's own limit for a message (wire contract, limits); longer input is shown as plain text. */
const INPUT_MAX = 4000;

/** Containers nested deeper than this are drawn as plain text, so that no input nests for ever. */
const NESTING_MAX = 12;

const TOO_DEEP = new RegExp(
	`^(?:[ \\t]*(?:>|[-*+]|\\d+[.)])){${NESTING_MAX + 1},}`,
	"m",
);

/** The time for a text grows with the square of how many of these are in it. */
const DELIMITER = /[*_~`[\]]/gu;
const DELIMITERS_MAX = 1000;

const CACHE_MAX = 600;

const options = {
	extensions: [
		gfmStrikethrough({ singleTilde: false }),
		{
			disable: {
				null: [
					"htmlFlow",
					"htmlText",
					"definition",
					"setextUnderline",
					"codeIndented",
					"labelStartImage",
					"thematicBreak",
					"characterReference",
				],
			},
		},
	],
	mdastExtensions: [gfmStrikethroughFromMarkdown()],
};

const cache = new Map<string, Root>();
onForget(() => cache.clear());

/** The tree of `text`; the same text gives the same tree, from memory while it is recent. */
export function parse(text: string): Root {
	const known = cache.get(text);
	if (known) return known;
	const tree = cover(
		isPlain(text) ? plain(text) : fromMarkdown(freeFences(text), options),
	);
	cache.set(text, tree);
	const [oldest] = cache.keys();
	if (cache.size > CACHE_MAX && oldest !== undefined) cache.delete(oldest);
	return tree;
}

function isPlain(text: string): boolean {
	if (text.length > INPUT_MAX || TOO_DEEP.test(text)) return true;
	return (text.match(DELIMITER)?.length ?? 0) > DELIMITERS_MAX;
}

function plain(value: string): Root {
	return {
		type: "root",
		children: [{ type: "paragraph", children: [{ type: "text", value }] }],
	};
}

/** The words of a tree without its marks, for names and announcements; `hidden` for what is. */
export function plainText(text: string, hidden: string): string {
	return parse(text)
		.children.map((node) => wordsOf(node, hidden))
		.join(" ")
		.trim();
}

/** The words of a node and of all in it; without `hidden` those that a spoiler hides, too. */
export function wordsOf(node: RootContent, hidden?: string): string {
	if (node.type === "spoiler" && hidden !== undefined) return hidden;
	if ("value" in node) return node.value;
	if ("children" in node)
		return node.children.map((child) => wordsOf(child, hidden)).join("");
	return node.type === "break" ? " " : "";
}

/** What text holds beyond mdast: bare addresses. */
type Part = { type: "text"; value: string } | { type: "url"; href: string };

/** The spoilers among these nodes and in them, as what hides them all together. */
export function spoilersIn(nodes: readonly RootContent[]): Hiding {
	const all = nodes.flatMap((node) => {
		if (!("children" in node)) return [];
		const { groups, isFirst } =
			node.type === "spoiler"
				? { groups: [node.group], isFirst: node.isFirst }
				: NOTHING;
		const within = spoilersIn(node.children);
		return [
			{
				groups: [...groups, ...within.groups],
				isFirst: isFirst || within.isFirst,
			},
		];
	});
	return {
		groups: all.flatMap(({ groups }) => groups),
		isFirst: all.some(({ isFirst }) => isFirst),
	};
}

/** Numbers of spoilers, and whether the first part of one of them is among what is hidden. */
export type Hiding = { groups: readonly number[]; isFirst: boolean };

const NOTHING: Hiding = { groups: [], isFirst: false };

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`|]+/giu;
const TRAILING = new Set(".,;:!?*_~");

/** Splits a text at the addresses in it: `https://…`. */
export function addresses(value: string): Part[] {
	const parts: Part[] = [];
	let from = 0;
	for (const match of value.matchAll(ADDRESS)) {
		const href = trimAddress(match[0]);
		if (!safeHref(href)) continue;
		if (match.index > from)
			parts.push({ type: "text", value: value.slice(from, match.index) });
		parts.push({ type: "url", href });
		from = match.index + href.length;
	}
	if (from < value.length)
		parts.push({ type: "text", value: value.slice(from) });
	return parts;
}

/**
 * A sentence's full stop and an unmatched closing bracket are not part of the address. One walk from
 * the end, however much there is to take off.
 */
function trimAddress(found: string): string {
	let end = found.length;
	let unmatched = count(found, ")") - count(found, "(");
	for (;;) {
		const last = found.charAt(end - 1);
		const isBracket = last === ")" && unmatched > 0;
		if (!isBracket && !TRAILING.has(last)) return found.slice(0, end);
		if (isBracket) unmatched -= 1;
		end -= 1;
	}
}

function count(text: string, letter: string): number {
	return text.split(letter).length - 1;
}

const PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** The address if it is one we open; anything else (`javascript:`, relative paths) is not a link. */
export function safeHref(href: string): string | undefined {
	try {
		const url = new URL(href);
		return PROTOCOLS.has(url.protocol) ? url.href : undefined;
	} catch {
		return undefined;
	}
}

// Built by constructor because the flag is newer than the language target of the type checker. It
// is asked of one letter: repeated, it would try every way in which letters can be divided.
const UNICODE_SETS = "v";
const EMOJI = new RegExp("^\\p{RGI_Emoji}$", UNICODE_SETS);
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const LARGE_EMOJI_MAX = 10;

/** One to ten emoji and nothing else: shown large. */
export function isEmojiOnly(text: string): boolean {
	if (text.length > 200) return false;
	let count = 0;
	for (const { segment: letter } of segmenter.segment(text)) {
		if (/^\s+$/u.test(letter)) continue;
		count += 1;
		if (count > LARGE_EMOJI_MAX || !EMOJI.test(letter)) return false;
	}
	return count > 0;
}
