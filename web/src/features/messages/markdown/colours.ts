/**
 * Colours of code: which stretch of a text is a keyword, a string, a comment. Loaded when code is
 * first shown, and each language when it is first met. Gives stretches, never HTML.
 */

import type { LanguageFn } from "highlight.js";
import hljs from "highlight.js/lib/core";
import type { Hue, Stretch } from "./stretches.ts";

type Load = () => Promise<{ default: LanguageFn }>;

/** By the name that the library uses for it. */
const languages: Record<string, Load> = {
	bash: () => import("highlight.js/lib/languages/bash"),
	c: () => import("highlight.js/lib/languages/c"),
	cpp: () => import("highlight.js/lib/languages/cpp"),
	csharp: () => import("highlight.js/lib/languages/csharp"),
	css: () => import("highlight.js/lib/languages/css"),
	diff: () => import("highlight.js/lib/languages/diff"),
	dockerfile: () => import("highlight.js/lib/languages/dockerfile"),
	go: () => import("highlight.js/lib/languages/go"),
	ini: () => import("highlight.js/lib/languages/ini"),
	java: () => import("highlight.js/lib/languages/java"),
	javascript: () => import("highlight.js/lib/languages/javascript"),
	json: () => import("highlight.js/lib/languages/json"),
	kotlin: () => import("highlight.js/lib/languages/kotlin"),
	lua: () => import("highlight.js/lib/languages/lua"),
	makefile: () => import("highlight.js/lib/languages/makefile"),
	markdown: () => import("highlight.js/lib/languages/markdown"),
	php: () => import("highlight.js/lib/languages/php"),
	python: () => import("highlight.js/lib/languages/python"),
	ruby: () => import("highlight.js/lib/languages/ruby"),
	rust: () => import("highlight.js/lib/languages/rust"),
	sql: () => import("highlight.js/lib/languages/sql"),
	swift: () => import("highlight.js/lib/languages/swift"),
	typescript: () => import("highlight.js/lib/languages/typescript"),
	xml: () => import("highlight.js/lib/languages/xml"),
	yaml: () => import("highlight.js/lib/languages/yaml"),
};

/** What people write after the fence. */
const aliases: Record<string, string> = {
	"c++": "cpp",
	cc: "cpp",
	cs: "csharp",
	docker: "dockerfile",
	golang: "go",
	h: "c",
	hpp: "cpp",
	html: "xml",
	js: "javascript",
	jsx: "javascript",
	kt: "kotlin",
	make: "makefile",
	md: "markdown",
	patch: "diff",
	py: "python",
	rb: "ruby",
	rs: "rust",
	sh: "bash",
	shell: "bash",
	svg: "xml",
	toml: "ini",
	ts: "typescript",
	tsx: "typescript",
	yml: "yaml",
	zsh: "bash",
};

/** Scopes by their first part; what is not here has the colour of text. */
const hues: Record<string, Hue> = {
	addition: "added",
	attr: "name",
	attribute: "name",
	built_in: "name",
	bullet: "word",
	code: "text",
	comment: "aside",
	deletion: "removed",
	doctag: "aside",
	keyword: "word",
	link: "text",
	literal: "value",
	meta: "aside",
	name: "word",
	number: "value",
	quote: "aside",
	regexp: "text",
	section: "name",
	"selector-class": "name",
	"selector-id": "name",
	"selector-tag": "word",
	string: "text",
	symbol: "value",
	"template-variable": "value",
	title: "name",
	type: "name",
	variable: "value",
};

/** Collects stretches in the place of the library's own HTML. */
class Collector {
	readonly stretches: Stretch[] = [];
	readonly #open: string[] = [];

	addText(text: string) {
		if (text === "") return;
		const scope = this.#open.findLast((name) => hueOf(name) !== undefined);
		this.stretches.push({ text, hue: scope ? hueOf(scope) : undefined });
	}
	startScope(name: string) {
		this.#open.push(name);
	}
	endScope() {
		this.#open.pop();
	}
	openNode(name: string) {
		this.startScope(name);
	}
	closeNode() {
		this.endScope();
	}
	/** Code within code, as a script in a page. */
	__addSublanguage(inner: Collector) {
		this.stretches.push(...inner.stretches);
	}
	finalize() {}
	toHTML() {
		return "";
	}
}

function hueOf(scope: string): Hue | undefined {
	return hues[scope.split(".")[0] ?? ""];
}

hljs.configure({ __emitter: Collector as never });

/** Some expressions of the library take a time that grows with the cube of a line's length. */
const LINE_CHARS_MAX = 500;

/** The stretches of `code`; null for a language that is not known here, and for very long lines. */
export async function colour(
	code: string,
	language: string,
): Promise<readonly Stretch[] | null> {
	const wanted = language.toLowerCase();
	const name = aliases[wanted] ?? wanted;
	const load = Object.hasOwn(languages, name) ? languages[name] : undefined;
	if (!load || hasLongLine(code)) return null;
	if (!hljs.getLanguage(name))
		hljs.registerLanguage(name, (await load()).default);
	const { _emitter } = hljs.highlight(code, { language: name });
	return _emitter instanceof Collector ? _emitter.stretches : null;
}

function hasLongLine(code: string): boolean {
	return code.split("\n").some((line) => line.length > LINE_CHARS_MAX);
}
