import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const SCRIPT = join(import.meta.dirname, "tools.sh");

/** What the script itself is made of. */
const SYSTEM = ["bash", "dirname", "grep", "id", "tr"];
/** What a machine has on which only PostgreSQL may be missing. */
const PROGRAMS = ["cargo", "node", "npm", "cc", "chromium", "python3"];

/** `tools.sh tests` on a machine that has these programs and this environment, and no packages. */
function prepare(programs, environment = {}) {
	const folder = mkdtempSync(join(tmpdir(), "battala-tools-"));
	try {
		for (const name of SYSTEM) {
			const where = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
			symlinkSync(where.stdout.trim(), join(folder, name));
		}
		for (const name of [...PROGRAMS, "fc-list", ...programs]) {
			const said = name === "fc-list" ? "a font" : "";
			writeFileSync(join(folder, name), `#!/bin/bash\necho -n "${said}"\n`);
			chmodSync(join(folder, name), 0o755);
		}
		// Nothing is found where Debian keeps its servers.
		const nothing = { "BASH_FUNC_compgen%%": "() { return 1; }" };
		const env = { PATH: folder, ...nothing, ...environment };
		const { status, stderr } = spawnSync(join(folder, "bash"), [SCRIPT, "tests"], { env, encoding: "utf8" });
		return { status, stderr };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

test("without PostgreSQL its package is asked for", () => {
	const { status, stderr } = prepare([]);
	assert.equal(status, 1);
	assert.match(stderr, /Debian packages.*: postgresql $/m);
});

test("a server on PATH is enough", () => {
	assert.deepEqual(prepare(["initdb"]), { status: 0, stderr: "" });
});

test("a server that runs is enough, with a client", () => {
	const running = { BATTALA_TEST_POSTGRES_URL: "postgres://somebody@somewhere/postgres" };
	assert.deepEqual(prepare(["psql"], running), { status: 0, stderr: "" });
	assert.match(prepare([], running).stderr, /: postgresql $/m);
});
