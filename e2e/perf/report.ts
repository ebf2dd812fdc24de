import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const FILE = resolve(import.meta.dirname, '../../docs/benchmarks.md');
const BEGIN = '<!-- web:begin -->';
const END = '<!-- web:end -->';

/** How many a whole run has; a part of one would hide what is missing. */
const FIGURES = 12;

/** One figure beside its bar. */
export interface Figure {
	what: string;
	bar: string;
	measured: string;
	isMet: boolean;
}

/** Prints the table and puts it between the markers; the rest of the file belongs to others. */
export async function report(figures: Figure[], machine: string): Promise<void> {
	const rows = figures.map(
		({ what, bar, measured, isMet }) => `| ${what} | ${bar} | ${measured}${isMet ? '' : ' **missed**'} |`,
	);
	const table = ['| The web client | Bar | Measured |', '| --- | --- | --- |', ...rows].join('\n');
	const block = `${BEGIN}\n## Web client\n\n${table}\n\n${machine} Written by \`npm --prefix e2e run perf\`.\n${END}`;
	console.log(table);
	if (figures.length < FIGURES) {
		console.log('not written: some probes did not end');
		return;
	}
	const text = await readFile(FILE, 'utf8');
	const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
	const isThere = from >= 0 && to > from;
	await writeFile(FILE, isThere ? text.slice(0, from) + block + text.slice(to + END.length) : `${text.trimEnd()}\n\n${block}\n`);
}
