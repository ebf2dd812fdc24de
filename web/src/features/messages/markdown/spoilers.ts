/**
 * Which parts of a text `||…||` hides. Marks of one line of text belong together first; what is
 * left over reaches across blocks, quotes, lists and code. Knows the tree, and nothing of React.
 */
import type { Parent, Root, RootContent } from "mdast";

declare module "mdast" {
	interface RootContentMap {
		spoiler: Spoiler;
		spoilerMark: SpoilerMark;
	}
	interface PhrasingContentMap {
		spoiler: Spoiler;
		spoilerMark: SpoilerMark;
	}
}

/** A stretch that is hidden. Those with the same number are parts of one: shown together. */
type Spoiler = {
	type: "spoiler";
	group: number;
	/** The first part of it, which stands for all. */
	isFirst: boolean;
	/** It hides whole paragraphs, quotes, lists or blocks of code. */
	isBlock: boolean;
	children: RootContent[];
};

/** A `||` whose other half is not known yet; none is left in a finished tree. */
type SpoilerMark = { type: "spoilerMark" };

const MARK = "||";
/** So many that reach over lines; each is a walk over the tree. Who writes more hides all the rest. */
const REACHING_MAX = 32;

type Branch = { type: string; children: RootContent[] };

/** The tree with its spoilers; it is changed in place. */
export function cover(root: Root): Root {
	const marks = new Marks();
	marks.read(root, []);
	marks.joinRest(root);
	return root;
}

type Left = { mark: SpoilerMark; within: readonly Branch[] };

/** One that hides nothing is what was typed. */
function asTyped({ mark, within }: Left): void {
	const branch = within.at(-1);
	if (!branch) return;
	const at = branch.children.indexOf(mark);
	branch.children[at] = { type: "text", value: MARK };
}

class Marks {
	#groups = 0;
	/** Marks without another half in their own line, in order, each with all that it stands in. */
	readonly #left: Left[] = [];

	read(branch: Branch, above: readonly Branch[]): void {
		const within = [...above, branch];
		branch.children = this.#pairs(branch.children.flatMap(split));
		for (const child of branch.children) {
			if (child.type === "spoilerMark")
				this.#left.push({ mark: child, within });
			else if (isBranch(child)) this.read(child, within);
		}
	}

	/** Joins what is left, two and two; one alone hides nothing. */
	joinRest(root: Branch): void {
		const even = this.#left.length - (this.#left.length % 2);
		const last = Math.min(even, REACHING_MAX * 2);
		this.#left.slice(even).forEach(asTyped);
		this.#left.slice(last - 1, Math.max(even - 1, 0)).forEach(asTyped);
		for (let at = 0; at < last; at += 2) {
			const open = this.#left[at];
			const close = this.#left[at + 2 < last ? at + 1 : even - 1];
			if (!open || !close) continue;
			const reach = {
				open: open.mark,
				close: close.mark,
				ways: new Set([...open.within, ...close.within]),
				group: this.#groups++,
				isBegun: false,
				isIn: false,
			};
			hide(root, reach);
		}
	}

	/**
	 * The marks of one run of text, two and two. One that is left over ends what began before this
	 * run, if something did, and else begins something.
	 */
	#pairs(children: readonly RootContent[]): RootContent[] {
		const count = children.filter(({ type }) => type === "spoilerMark").length;
		const ends = count % 2 === 1 && this.#left.length % 2 === 1;
		const from = ends
			? children.findIndex(({ type }) => type === "spoilerMark") + 1
			: 0;
		const done = children.slice(0, from);
		let open: RootContent[] | undefined;
		for (const child of children.slice(from)) {
			if (child.type !== "spoilerMark") (open ?? done).push(child);
			else if (open === undefined) open = [];
			else {
				done.push(this.#spoilerOf(open));
				open = undefined;
			}
		}
		return open ? [...done, { type: "spoilerMark" }, ...open] : done;
	}

	#spoilerOf(children: RootContent[]): RootContent {
		// Nothing between them: bars that somebody drew.
		if (children.length === 0) return { type: "text", value: MARK + MARK };
		const group = this.#groups++;
		return { type: "spoiler", group, isFirst: true, isBlock: false, children };
	}
}

function split(node: RootContent): RootContent[] {
	if (node.type !== "text" || !node.value.includes(MARK)) return [node];
	return node.value
		.split(MARK)
		.flatMap((value, index): RootContent[] => [
			...(index > 0 ? [{ type: "spoilerMark" } as const] : []),
			...(value === "" ? [] : [{ type: "text", value } as const]),
		]);
}

type Reach = {
	open: SpoilerMark;
	close: SpoilerMark;
	/** Everything that one of the two stands in. */
	ways: ReadonlySet<unknown>;
	group: number;
	/** Whether a part of it has been hidden already. */
	isBegun: boolean;
	/** Whether what comes next lies between the two. */
	isIn: boolean;
};

/** Hides all of a branch that lies between two marks, and takes the marks away. */
function hide(branch: Branch, reach: Reach): void {
	const isBlock = !holdsPhrases(branch);
	const done: RootContent[] = [];
	let run: RootContent[] = [];
	const flush = () => {
		const children = isBlock ? run : trimmed(run);
		run = [];
		if (children.length === 0) return;
		const { group, isBegun } = reach;
		reach.isBegun = true;
		done.push({ type: "spoiler", group, isFirst: !isBegun, isBlock, children });
	};
	for (const child of branch.children) {
		if (child === reach.open) reach.isIn = true;
		else if (child === reach.close) {
			flush();
			reach.isIn = false;
		} else if (isBranch(child) && needsLook(child, reach)) {
			flush();
			hide(child, reach);
			// A paragraph of a mark alone is gone with it.
			if (child.children.length > 0) done.push(child);
		} else (reach.isIn ? run : done).push(child);
	}
	flush();
	branch.children = done;
}

/** An item keeps its bullet: what is hidden is in it. */
function needsLook(child: Branch, reach: Reach): boolean {
	return reach.ways.has(child) || (reach.isIn && child.type === "listItem");
}

/** Without the break between a mark and what it stands before. */
function trimmed(run: readonly RootContent[]): RootContent[] {
	const words = run.map((node) => ({ ...node }));
	const [first, last] = [words[0], words.at(-1)];
	if (first?.type === "text") first.value = first.value.replace(/^\n/u, "");
	if (last?.type === "text") last.value = last.value.replace(/\n$/u, "");
	return words.filter((node) => node.type !== "text" || node.value !== "");
}

const BLOCKS = new Set(["root", "blockquote", "list", "listItem"]);

function holdsPhrases(branch: Branch): boolean {
	if (branch.type === "spoiler") return !(branch as Spoiler).isBlock;
	return !BLOCKS.has(branch.type);
}

function isBranch(node: RootContent): node is RootContent & Branch & Parent {
	return "children" in node;
}

const FENCE = /^(?:`{3,}|~{3,})/u;
/** What stands before the words of a line: quotes and bullets. */
const LEAD = /^(?:[ \t]*(?:>|[-*+][ \t]|\d+[.)][ \t]))*[ \t]*/u;

/**
 * Gives fences that share their line with a mark a line of their own: "||```" would be no fence,
 * and "```||" would not end one, so that everything behind it were code.
 */
export function freeFences(text: string): string {
	if (!text.includes(MARK) || !/`{3}|~{3}/u.test(text)) return text;
	const all = text.split("\n");
	const below = fencesBelow(all);
	let open: string | undefined;
	const lines = all.map((line, index) => {
		const lead = LEAD.exec(line)?.[0] ?? "";
		const words = line.slice(lead.length);
		const indent = lead.replaceAll(/[^>\s]/gu, " ");
		const fence = FENCE.exec(words)?.[0];
		if (open !== undefined) {
			if (!fence?.startsWith(open)) return line;
			const rest = words.slice(fence.length);
			if (rest.trim() === "") open = undefined;
			if (!rest.includes(MARK)) return line;
			open = undefined;
			return `${lead}${fence}\n${indent}${rest.trimStart()}`;
		}
		if (fence !== undefined) {
			// A fence of backticks has none behind it; else it is code within the line.
			const isFence =
				fence[0] === "~" || !words.slice(fence.length).includes("`");
			if (isFence) open = fence;
			return line;
		}
		const late = /^(.*\|\|)[ \t]*((`{3,}|~{3,})[^`]*)$/u.exec(words);
		const begun = late?.[3];
		if (!late || !begun) return line;
		const longest = below[index + 1]?.get(begun[0]) ?? 0;
		if (longest < begun.length) return line;
		open = begun;
		return `${lead}${late[1]}\n${indent}${late[2]}`;
	});
	return lines.join("\n");
}

/** For each line, how long the longest fence of each kind is in it or below it. */
function fencesBelow(
	lines: readonly string[],
): Map<string | undefined, number>[] {
	let known = new Map<string | undefined, number>();
	const below = lines.toReversed().map((line) => {
		const fence = FENCE.exec(line.replace(LEAD, ""))?.[0];
		if (fence && fence.length > (known.get(fence[0]) ?? 0))
			known = new Map(known).set(fence[0], fence.length);
		return known;
	});
	return below.reverse();
}
