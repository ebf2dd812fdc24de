import assert from "node:assert/strict";
import { test } from "node:test";
import { incomplete, missing, strip } from "./complete-lock.mjs";

const lock = () => ({
	packages: {
		"": { name: "ours" },
		"node_modules/fast": {
			integrity: "sha512-a",
			resolved: "https://registry.example/fast.tgz",
			optionalDependencies: { "fast-linux-x64": "1.0.0", "fast-sunos-x64": "1.0.0" },
		},
		"node_modules/fast-linux-x64": { version: "1.0.0", optional: true },
		"node_modules/fast/node_modules/inner": { inBundle: true },
		"node_modules/folder": { link: true },
	},
});

test("what has no hash is taken out, and no host stays", () => {
	const given = lock();
	assert.deepEqual(strip(given), ["node_modules/fast-linux-x64"]);
	assert.deepEqual(incomplete(given), []);
	assert.equal("resolved" in given.packages["node_modules/fast"], false);
	assert.equal(Object.keys(given.packages).length, 4);
});

test("a binary of another platform that the lock does not have is missed", () => {
	assert.deepEqual(missing(lock()), ["fast-sunos-x64"]);
});
