import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..");

/** Copies of the files, and a `skopeo` that answers as it is told. */
function scene(answer) {
	const folder = mkdtempSync(join(tmpdir(), "battala-images-"));
	const files = ["Containerfile", "compose.yaml"].map((name) => join(folder, name));
	for (const file of files) copyFileSync(join(ROOT, "deploy", file.slice(folder.length + 1)), file);
	const skopeo = join(folder, "skopeo");
	writeFileSync(skopeo, `#!/bin/sh\n${answer}\n`);
	chmodSync(skopeo, 0o755);
	const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
	const run = () => spawnSync(join(ROOT, "scripts/pin-images.sh"), files, { env, encoding: "utf8" });
	const text = () => files.map((file) => readFileSync(file, "utf8")).join("");
	return { run, text, remove: () => rmSync(folder, { recursive: true }) };
}

test("every image gets its digest, and running again changes nothing", () => {
	// Another content, and so another digest, for each image.
	const { run, text, remove } = scene('echo "$3"');
	try {
		const before = text();
		assert.equal(run().status, 0);
		const pinned = text();
		const digests = pinned.match(/[^\s=-]+:[^\s@]+@sha256:[0-9a-f]{64}(?=\}|$)/gm);
		assert.equal(new Set(digests).size, 4);
		assert.equal(pinned.replace(/@sha256:[0-9a-f]{64}/g, ""), before);
		assert.equal(run().status, 0);
		assert.equal(text(), pinned);
	} finally {
		remove();
	}
});

test("an image that nobody knows changes nothing and fails", () => {
	const { run, text, remove } = scene("echo 'manifest unknown' >&2; exit 1");
	try {
		const before = text();
		assert.notEqual(run().status, 0);
		assert.equal(text(), before);
	} finally {
		remove();
	}
});
