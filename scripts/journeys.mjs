// Runs the browser journeys. Those that fail are run once more by themselves, one after another:
// what passes then is unsteady, which is shown and only counts when there are many.
//
//     node scripts/journeys.mjs [arguments of `playwright test`…]
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { judge, secondTry, UNSTEADY_MAX } from "./verdict.mjs";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const FOLDER = join(ROOT, "target/journeys");

/** What the pages showed whose journeys failed in the first run. */
const SEEN = join(FOLDER, "seen");

/** Where a run says which journeys were unsteady: a list of `{ name, why }`. */
export const UNSTEADY_FILE = join(FOLDER, "unsteady.json");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	process.exitCode = run(process.argv.slice(2));
}

function run(args) {
	mkdirSync(FOLDER, { recursive: true });
	rmSync(UNSTEADY_FILE, { force: true });
	rmSync(SEEN, { force: true, recursive: true });
	const first = playwright("first", args);
	if (first.status === 0) return 0;
	const { isWorthIt, why } = secondTry(first.report);
	if (!isWorthIt || first.status !== 1) {
		console.error(`no second try: ${why || `ended with ${first.status}`}`);
		return 1;
	}
	// The second try writes over it.
	cpSync(join(ROOT, "e2e/test-results"), SEEN, { recursive: true });
	console.log("\nOnce more, each journey that failed by itself:");
	const second = playwright("second", [...args, "--last-failed", "--workers=1"]);
	const { unsteady, failed, isGood } = judge(first.report, second.report);
	writeFileSync(UNSTEADY_FILE, JSON.stringify(unsteady));
	for (const { name, why } of failed) console.error(`failed twice: ${name}: ${why}`);
	for (const { name, why } of unsteady) console.error(`unsteady: ${name}: ${why}`);
	if (unsteady.length > UNSTEADY_MAX) console.error(`more than ${UNSTEADY_MAX} journeys are unsteady`);
	return isGood ? 0 : 1;
}

function playwright(name, args) {
	const file = join(FOLDER, `${name}.json`);
	rmSync(file, { force: true });
	const program = join(ROOT, "e2e/node_modules/.bin/playwright");
	const reporter = process.env.CI ? "list" : "line";
	const { status } = spawnSync(program, ["test", ...args, `--reporter=${reporter},json`], {
		cwd: join(ROOT, "e2e"),
		stdio: "inherit",
		env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
	});
	return { status, report: reportIn(file) };
}

function reportIn(file) {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		return { errors: [{ message: `no report: ${error}` }] };
	}
}
