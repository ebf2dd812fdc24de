import type { PhrasingContent, RootContent } from "mdast";
import { Fragment, memo, type ReactNode } from "react";
import { CodeBlock } from "./CodeBlock.tsx";
import { ExternalLink } from "./ExternalLink.tsx";
import {
	hidesSomething,
	type Inline,
	inlines,
	isEmojiOnly,
	parse,
	safeHref,
	wordsOf,
} from "./parse.ts";
import { Spoiler } from "./Spoiler.tsx";

/** What is nested deeper is drawn as its words. */
const DEPTH_MAX = 14;

/** The text of a message as React elements. There is no HTML string that could be trusted wrongly. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
	if (isEmojiOnly(text))
		return <p className="text-[2.5rem] leading-tight">{text}</p>;
	return <>{blocks(parse(text).children, 0)}</>;
});

function blocks(nodes: readonly RootContent[], depth: number): ReactNode[] {
	return nodes.map((node, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: the tree of a text never changes order
		<Fragment key={index}>{block(node, depth)}</Fragment>
	));
}

function block(node: RootContent, depth: number): ReactNode {
	if (depth > DEPTH_MAX) return wordsOf(node);
	switch (node.type) {
		case "paragraph":
			return <p>{phrases(node.children, depth)}</p>;
		case "heading":
			return <p className="font-semibold">{phrases(node.children, depth)}</p>;
		case "blockquote":
			return (
				<blockquote className="my-0.5 border-s-3 border-line-strong ps-3 text-ink-2">
					{blocks(node.children, depth + 1)}
				</blockquote>
			);
		case "list": {
			const items = node.children.map((item, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: the tree of a text never changes order
				<li key={index}>{blocks(item.children, depth + 1)}</li>
			));
			return node.ordered ? (
				<ol start={node.start ?? 1} className="list-decimal ps-7">
					{items}
				</ol>
			) : (
				<ul className="list-disc ps-6">{items}</ul>
			);
		}
		case "code":
			return <CodeBlock code={node.value} language={node.lang ?? undefined} />;
		default:
			return isPhrasing(node) ? phrase(node, depth) : null;
	}
}

function isPhrasing(node: RootContent): node is PhrasingContent {
	return [
		"text",
		"emphasis",
		"strong",
		"delete",
		"inlineCode",
		"link",
		"break",
	].includes(node.type);
}

function phrases(
	nodes: readonly PhrasingContent[],
	depth: number,
): ReactNode[] {
	return inlines(nodes).map((part, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: the tree of a text never changes order
		<Fragment key={index}>{inline(part, depth)}</Fragment>
	));
}

function inline(part: Inline, depth: number): ReactNode {
	switch (part.type) {
		case "text":
			return part.value;
		case "url":
			return <ExternalLink href={part.href}>{part.href}</ExternalLink>;
		case "spoiler":
			return (
				<Spoiler>
					{part.children.map((child, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: the tree of a text never changes order
						<Fragment key={index}>{inline(child, depth)}</Fragment>
					))}
				</Spoiler>
			);
		case "node":
			return phrase(part.node, depth);
	}
}

function phrase(node: PhrasingContent, depth: number): ReactNode {
	if (depth > DEPTH_MAX) return wordsOf(node);
	switch (node.type) {
		case "text":
			return node.value;
		case "emphasis":
			return <em>{phrases(node.children, depth + 1)}</em>;
		case "strong":
			return (
				<strong className="font-semibold">
					{phrases(node.children, depth + 1)}
				</strong>
			);
		case "delete":
			return <del>{phrases(node.children, depth + 1)}</del>;
		case "inlineCode":
			return (
				<code className="rounded-chip bg-active px-1 py-0.5 font-mono text-[0.875em] wrap-anywhere">
					{node.value}
				</code>
			);
		case "break":
			return <br />;
		case "link": {
			const href = safeHref(node.url);
			const inner = phrases(node.children, depth + 1);
			if (!href) return inner;
			const link = <ExternalLink href={href}>{inner}</ExternalLink>;
			// Its text cannot be pressed in parts, so that the whole link is hidden.
			return hidesSomething(node.children) ? <Spoiler>{link}</Spoiler> : link;
		}
		default:
			return null;
	}
}
