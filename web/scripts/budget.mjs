// Compares the gzip size of the built client with its budget
// (docs: the limits are those of the client's design). Reads Vite's manifest,
// so it knows no file names: an entry is a source path plus all it imports
// statically, and every other chunk is lazy.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const { entries, lazyLimitKb, cssLimitKb } = JSON.parse(
	readFileSync(new URL("../budget.json", import.meta.url), "utf8"),
);
const manifest = JSON.parse(
	readFileSync(join(dist, ".vite/manifest.json"), "utf8"),
);

const gzipKb = (file) =>
	gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1000;

function closure(keys) {
	const seen = new Set();
	const walk = (key) => {
		if (seen.has(key)) return;
		if (!manifest[key]) throw new Error(`the manifest has no chunk for ${key}`);
		seen.add(key);
		for (const next of manifest[key].imports ?? []) walk(next);
	};
	keys.forEach(walk);
	return seen;
}

const failures = [];
function judge(name, sizeKb, limitKb) {
	const line = `${name.padEnd(40)} ${sizeKb.toFixed(1).padStart(7)} kB of ${limitKb}`;
	console.log(line);
	if (sizeKb > limitKb) failures.push(line);
}

const eager = new Set();
for (const { name, chunks, limitKb } of entries) {
	const keys = closure(chunks);
	for (const key of keys) eager.add(key);
	const files = new Set([...keys].map((key) => manifest[key].file));
	const total = [...files].reduce((sum, file) => sum + gzipKb(file), 0);
	judge(name, total, limitKb);
}

for (const [key, chunk] of Object.entries(manifest)) {
	if (!chunk.file.endsWith(".js") || eager.has(key)) continue;
	judge(`lazy ${key}`, gzipKb(chunk.file), lazyLimitKb);
}

const styles = new Set(Object.values(manifest).flatMap((c) => c.css ?? []));
const css = [...styles].reduce((sum, file) => sum + gzipKb(file), 0);
judge("all styles", css, cssLimitKb);

if (failures.length > 0) {
	console.error(`\nOver budget:\n${failures.join("\n")}`);
	process.exit(1);
}
