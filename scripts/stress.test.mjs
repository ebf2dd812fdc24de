import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

const SCRIPT = join(import.meta.dirname, "stress.sh");
const isAlive = (pid) => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

/** Each burner looks for its parent after every round of its loop. */
async function gone(pids) {
	const deadline = Date.now() + 60_000;
	while (pids.some(isAlive)) {
		assert.ok(Date.now() < deadline, `still there: ${pids.filter(isAlive)}`);
		await delay(20);
	}
}

const pidsIn = (text) => text.trim().split(" ").map(Number);

test("the command's end is the script's end, and the burners'", async () => {
	const { status, stdout } = spawnSync(SCRIPT, ["sh", "-c", 'echo "$STRESS_BURNERS"; exit 7'], { encoding: "utf8" });
	assert.equal(status, 7);
	assert.equal(pidsIn(stdout).length, 2);
	await gone(pidsIn(stdout));
});

for (const signal of ["SIGTERM", "SIGKILL"]) {
	test(`the burners end when ${signal} ends the script`, async () => {
		const child = spawn(SCRIPT, ["sh", "-c", 'echo "$STRESS_BURNERS"; exec cat'], { stdio: ["pipe", "pipe", "inherit"] });
		const [output] = await once(child.stdout, "data");
		const pids = pidsIn(String(output));
		assert.equal(pids.filter(isAlive).length, 2);
		child.kill(signal);
		// The script hears of a signal when its command has ended.
		child.stdin.end();
		await gone(pids);
	});
}
