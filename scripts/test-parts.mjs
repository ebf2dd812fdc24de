// Runs the parts of `make test`, all of them whatever comes of one, and shows what came of each.
//
//     node scripts/test-parts.mjs <make target>…
//
// It does not know what a part does: each is a target of the Makefile.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { isGood, summary } from "./verdict.mjs";
import { UNSTEADY_FILE } from "./journeys.mjs";

const targets = process.argv.slice(2);
rmSync(UNSTEADY_FILE, { force: true });
const parts = [];
for (const target of targets) {
	const began = performance.now();
	console.log(`== ${target}`);
	const { status, signal } = spawnSync(process.env.MAKE ?? "make", [target], { stdio: "inherit" });
	parts.push({ part: target, isGood: status === 0, seconds: (performance.now() - began) / 1000 });
	// Whoever interrupts means all of it.
	if (signal === "SIGINT" || status === 130) break;
}
console.log(`\n${summary(parts, unsteadyJourneys())}`);
process.exitCode = isGood(parts) && parts.length === targets.length ? 0 : 1;

function unsteadyJourneys() {
	try {
		return JSON.parse(readFileSync(UNSTEADY_FILE, "utf8"));
	} catch {
		// No journey ran, or none was unsteady.
		return [];
	}
}
