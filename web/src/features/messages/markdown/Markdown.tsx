import type { PhrasingContent, RootContent } from "mdast";
import { Fragment, memo, type ReactNode, useState } from "react";
import { CodeBlock } from "./CodeBlock.tsx";
import { ExternalLink } from "./ExternalLink.tsx";
import {
	addresses,
	isEmojiOnly,
	parse,
	safeHref,
	spoilersIn,
	wordsOf,
} from "./parse.ts";
import { BlockSpoiler, Spoiler, Uncovered } from "./Spoiler.tsx";

/** What is nested deeper is drawn as its words. */
const DEPTH_MAX = 14;

/** The text of a message as React elements. There is no HTML string that could be trusted wrongly. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
	if (isEmojiOnly(text))
		return <p className="text-[2.5rem] leading-tight">{text}</p>;
	// Another text has other spoilers: what was shown of the one before says nothing of them.
	return <Covering key={text} text={text} />;
});

function Covering({ text }: { text: string }) {
	const state = useState<ReadonlySet<number>>(new Set<number>());
	return <Uncovered value={state}>{blocks(parse(text).children, 0)}</Uncovered>;
}

function blocks(nodes: readonly RootContent[], depth: number): ReactNode[] {
	return nodes.map((node, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: the tree of a text never changes order
		<Fragment key={index}>{block(node, depth)}</Fragment>
	));
}

function block(node: RootContent, depth: number): ReactNode {
	if (depth > DEPTH_MAX) return flat(node);
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
		case "spoiler":
			return node.isBlock ? (
				<BlockSpoiler groups={[node.group]} isFirst={node.isFirst}>
					{blocks(node.children, depth)}
				</BlockSpoiler>
			) : (
				phrase(node, depth)
			);
		default:
			return isPhrasing(node) ? phrase(node, depth) : null;
	}
}

/** What is too deep as its words, all of them hidden when some are. */
function flat(node: RootContent): ReactNode {
	const hiding = spoilersIn([node]);
	const all = wordsOf(node);
	return hiding.groups.length > 0 ? <Spoiler {...hiding}>{all}</Spoiler> : all;
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
		"spoiler",
	].includes(node.type);
}

function phrases(nodes: readonly RootContent[], depth: number): ReactNode[] {
	return nodes.map((node, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: the tree of a text never changes order
		<Fragment key={index}>
			{isPhrasing(node) ? phrase(node, depth) : null}
		</Fragment>
	));
}

function words(value: string): ReactNode[] {
	return addresses(value).map((part, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change order
		<Fragment key={index}>
			{part.type === "text" ? (
				part.value
			) : (
				<ExternalLink href={part.href}>{part.href}</ExternalLink>
			)}
		</Fragment>
	));
}

function phrase(node: PhrasingContent, depth: number): ReactNode {
	if (depth > DEPTH_MAX) return flat(node);
	switch (node.type) {
		case "text":
			return words(node.value);
		case "spoiler":
			return (
				<Spoiler groups={[node.group]} isFirst={node.isFirst}>
					{phrases(node.children, depth + 1)}
				</Spoiler>
			);
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
			const hiding = spoilersIn(node.children);
			return hiding.groups.length > 0 ? (
				<Spoiler {...hiding}>{link}</Spoiler>
			) : (
				link
			);
		}
		default:
			return null;
	}
}
