// Completes a package-lock.json after `npm install`.
//
// Some registries publish a package before the optional binaries of all its platforms. npm then
// writes a lock file without them, and `npm ci` refuses that lock file. This adds the missing
// entries from what the package itself declares, so that one lock file serves every platform.
//
//     node scripts/complete-lock.mjs web/package-lock.json
import { readFileSync, writeFileSync } from "node:fs";

const OPERATING_SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

const path = process.argv[2];
if (!path) {
	console.error("usage: node scripts/complete-lock.mjs <package-lock.json>");
	process.exit(2);
}
const lock = JSON.parse(readFileSync(path, "utf8"));
let added = 0;
for (const [place, entry] of Object.entries(lock.packages)) {
	for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
		const own = place ? `${place}/node_modules/${name}` : `node_modules/${name}`;
		const platform = platformOf(name);
		if (own in lock.packages || `node_modules/${name}` in lock.packages || !platform) continue;
		lock.packages[`node_modules/${name}`] = { version, ...platform, dev: true, optional: true };
		added += 1;
	}
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, "\t")}\n`);
console.log(`${path}: ${added} entries added`);

/** What a binary's name says of its platform; nothing when it is no binary. */
function platformOf(name) {
	const words = name.split(/[-/]/);
	const os = OPERATING_SYSTEMS.find((system) => words.includes(system));
	const cpu = PROCESSORS.find((processor) => words.includes(processor));
	if (!os || !cpu) return undefined;
	const libc = name.includes("musl") ? ["musl"] : name.includes("gnu") && os === "linux" ? ["glibc"] : undefined;
	return { os: [os], cpu: [cpu], ...(libc ? { libc } : {}) };
}
