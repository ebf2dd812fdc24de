// What a test run comes to: pure functions over results, without files or processes.

/** More journeys than these that pass only by themselves are no accident. */
export const UNSTEADY_MAX = 3;

/** More failures than these in the first try are a broken hub: nothing is tried again. */
export const TRIED_AGAIN_MAX = 10;

/**
 * The journeys of one report of Playwright's `json` reporter, with `failed` and the reason.
 *
 * @returns {{ id: string, name: string, failed: boolean, why: string }[]}
 */
export function journeysOf(report) {
	return (report.suites ?? []).flatMap((suite) => specsOf(suite)).flatMap(({ spec, place }) =>
		spec.tests.map((test) => ({
			id: `${spec.id} ${test.projectName}`,
			name: `[${test.projectName}] ${place} › ${spec.title}`,
			failed: test.status === "unexpected",
			why: reasonOf(test),
		})),
	);
}

function specsOf(suite, place = suite.file) {
	const own = (suite.specs ?? []).map((spec) => ({ spec, place }));
	return [...own, ...(suite.suites ?? []).flatMap((inner) => specsOf(inner, place))];
}

function reasonOf({ results }) {
	const errors = (results ?? []).flatMap((result) => result.errors ?? []);
	const text = errors.map((error) => error.message ?? "").join("\n");
	// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' colours begin with it.
	const lines = text.replace(/\u001b\[[0-9;]*m/g, "").split("\n");
	return lines.map((line) => line.trim()).filter(Boolean).slice(0, 2).join(" ").slice(0, 160);
}

/** Whether a first run is worth a second look, and if not, why it has failed. */
export function secondTry(first) {
	const failed = journeysOf(first).filter((journey) => journey.failed);
	if ((first.errors ?? []).length > 0) return { isWorthIt: false, why: "the run itself has failed" };
	if (failed.length === 0) return { isWorthIt: false, why: "no journey has failed, yet the run has" };
	if (failed.length > TRIED_AGAIN_MAX) return { isWorthIt: false, why: `${failed.length} journeys have failed` };
	return { isWorthIt: true, why: "" };
}

/**
 * Compares a first run with a second one of what had failed. What does not stand in the second
 * has failed: only a try that passed counts.
 */
export function judge(first, second) {
	const passed = new Set(journeysOf(second).filter(({ failed }) => !failed).map(({ id }) => id));
	const failedFirst = journeysOf(first).filter(({ failed }) => failed);
	const unsteady = failedFirst.filter(({ id }) => passed.has(id)).map(({ name, why }) => ({ name, why }));
	const failed = failedFirst.filter(({ id }) => !passed.has(id)).map(({ name, why }) => ({ name, why }));
	const isGood = failed.length === 0 && (second.errors ?? []).length === 0 && unsteady.length <= UNSTEADY_MAX;
	return { unsteady, failed, isGood };
}

/** The table at the end of a run. `parts` are those that ran, in order. */
export function summary(parts, unsteady) {
	const rows = parts.map(({ part, isGood, seconds }) => [part, isGood ? "passed" : "FAILED", String(Math.round(seconds))]);
	const lines = table([["part", "result", "seconds"], ...rows]);
	if (unsteady.length > 0) {
		lines.push("", `unsteady (failed, then passed by itself; ${UNSTEADY_MAX} at most):`);
		lines.push(...table([["journey", "why"], ...unsteady.map(({ name, why }) => [name, why])]));
	}
	return lines.join("\n");
}

/** A run is as good as its worst part. A run of nothing is not good. */
export function isGood(parts) {
	return parts.length > 0 && parts.every((part) => part.isGood);
}

function table(rows) {
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join("  ")}`.trimEnd());
}
