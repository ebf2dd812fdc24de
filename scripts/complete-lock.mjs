// Completes a package-lock.json after `npm install`.
//
// Some registries publish a package before the optional binaries of all its platforms. npm then
// writes a lock file without them, or without their hashes, and never asks again. This takes such
// entries out and lets npm resolve them anew, so that one lock file serves every platform and
// everything that it names is verified.
//
//     node scripts/complete-lock.mjs web/package-lock.json
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Takes out of a lock what was not verified, and the hosts that packages came from.
 *
 * @returns the places of what was taken out
 */
export function strip(lock) {
	const taken = incomplete(lock);
	for (const place of taken) delete lock.packages[place];
	for (const entry of Object.values(lock.packages)) delete entry.resolved;
	return taken;
}

/** The places of packages of the registry that have no hash. */
export function incomplete(lock) {
	return Object.entries(lock.packages)
		.filter(([place, entry]) => place !== "" && !entry.link && !entry.inBundle && !entry.integrity)
		.map(([place]) => place);
}

/** Optional packages that a package of the lock declares and the lock does not have. */
export function missing(lock) {
	const has = (place, name) => `${place}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;
	return Object.entries(lock.packages).flatMap(([place, entry]) =>
		Object.keys(entry.optionalDependencies ?? {}).filter((name) => !has(place, name)),
	);
}

function complete(path) {
	const read = () => JSON.parse(readFileSync(path, "utf8"));
	const write = (lock) => writeFileSync(path, `${JSON.stringify(lock, null, "\t")}\n`);
	const before = read();
	const taken = strip(before);
	write(before);
	const npm = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"];
	const { status } = spawnSync("npm", npm, { cwd: dirname(path), stdio: "inherit" });
	const lock = read();
	for (const entry of Object.values(lock.packages)) delete entry.resolved;
	write(lock);
	const left = [...incomplete(lock), ...missing(lock)];
	console.log(`${path}: ${taken.length} entries without a hash, ${left.length} left`);
	for (const place of left) console.error(`the registry has no ${place} yet`);
	return status === 0 && left.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const path = process.argv[2];
	if (!path) {
		console.error("usage: node scripts/complete-lock.mjs <package-lock.json>");
		process.exit(2);
	}
	process.exitCode = complete(path);
}
