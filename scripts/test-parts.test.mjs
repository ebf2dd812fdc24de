import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

test("a part that fails hides none of those after it, and the run fails", () => {
	const folder = mkdtempSync(join(tmpdir(), "battala-parts-"));
	try {
		// Stands in for make: a part fails when its name says so.
		const make = join(folder, "make");
		writeFileSync(make, '#!/bin/sh\necho "ran $1"\n[ "$1" != bad ]\n');
		chmodSync(make, 0o755);
		const run = (...parts) =>
			spawnSync(process.execPath, [join(import.meta.dirname, "test-parts.mjs"), ...parts], {
				env: { ...process.env, MAKE: make },
				encoding: "utf8",
			});
		const red = run("good", "bad", "better");
		assert.equal(red.status, 1);
		for (const part of ["good", "bad", "better"]) assert.match(red.stdout, new RegExp(`^ran ${part}$`, "m"));
		assert.match(red.stdout, /^ {2}bad +FAILED +\d+$/m);
		assert.match(red.stdout, /^ {2}better +passed +\d+$/m);
		assert.equal(run("good", "better").status, 0);
		assert.equal(run().status, 1);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
