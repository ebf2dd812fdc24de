import assert from "node:assert/strict";
import { test } from "node:test";
import { isGood, judge, journeysOf, secondTry, summary } from "./verdict.mjs";

const RED = "\u001b[31m";

/** A report as Playwright writes it; `outcomes` maps a journey to whether it passed. */
function report(outcomes, errors = []) {
	const specs = Object.entries(outcomes).map(([title, hasPassed]) => ({
		id: `id-${title}`,
		title,
		tests: [
			{
				projectName: "desktop",
				status: hasPassed ? "expected" : "unexpected",
				results: [{ errors: hasPassed ? [] : [{ message: `${RED}Error: too late\n\n  at line 7\n  more` }] }],
			},
		],
	}));
	// One in a `describe`, the others in the file itself.
	const suite = { file: "chat.spec.ts", specs: specs.slice(1), suites: [{ file: "chat.spec.ts", specs: specs.slice(0, 1) }] };
	return { suites: [suite], errors };
}

test("every journey is found, also in groups, with a reason without colours", () => {
	const [inner, outer] = journeysOf(report({ one: false, two: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
	assert.deepEqual([inner.failed, outer.failed], [true, false]);
	assert.equal(inner.name, "[desktop] chat.spec.ts › one");
	assert.equal(inner.why, "Error: too late at line 7");
});

test("what passes by itself is unsteady and does not fail the run", () => {
	const first = report({ one: false, two: true, three: false });
	const { unsteady, failed, isGood } = judge(first, report({ one: true, three: true }));
	assert.deepEqual(unsteady.map(({ name }) => name.split(" › ")[1]).sort(), ["one", "three"]);
	assert.deepEqual(failed, []);
	assert.equal(isGood, true);
});

test("what fails twice fails the run, and so does what was not tried again", () => {
	const first = report({ one: false, two: false });
	const verdict = judge(first, report({ one: false }));
	assert.equal(verdict.isGood, false);
	assert.equal(verdict.failed.length, 2);
	assert.equal(judge(first, { errors: [{ message: "no report" }] }).failed.length, 2);
	assert.equal(judge(first, report({ one: true, two: true }, [{ message: "a worker died" }])).isGood, false);
});

test("three unsteady journeys are borne, four are not", () => {
	const names = ["one", "two", "three", "four"];
	const all = (names, hasPassed) => report(Object.fromEntries(names.map((name) => [name, hasPassed])));
	const three = names.slice(1);
	assert.equal(judge(all(three, false), all(three, true)).isGood, true);
	assert.equal(judge(all(names, false), all(names, true)).isGood, false);
});

test("nothing is tried again after a broken run, or when nearly everything failed", () => {
	const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`journey ${index}`, false]));
	assert.equal(secondTry(report({ one: false })).isWorthIt, true);
	for (const first of [report({ one: false }, [{ message: "no browser" }]), report({ one: true }), report(many), {}]) {
		const { isWorthIt, why } = secondTry(first);
		assert.equal(isWorthIt, false);
		assert.notEqual(why, "");
	}
});

test("the table names every part with its result and time, and the unsteady below", () => {
	const parts = [
		{ part: "test-rust", isGood: false, seconds: 61.4 },
		{ part: "test-web", isGood: true, seconds: 7 },
	];
	assert.equal(isGood(parts), false);
	assert.equal(isGood(parts.slice(1)), true);
	assert.equal(isGood([]), false);
	assert.equal(
		summary(parts, [{ name: "[phone] phone.spec.ts › Back", why: "late" }]),
		[
			"  part       result  seconds",
			"  test-rust  FAILED  61",
			"  test-web   passed  7",
			"",
			"unsteady (failed, then passed by itself; 3 at most):",
			"  journey                       why",
			"  [phone] phone.spec.ts › Back  late",
		].join("\n"),
	);
	assert.equal(summary(parts.slice(1), []).includes("unsteady"), false);
});
