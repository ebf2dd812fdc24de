import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Answer } from './front.ts';

const TYPES: Record<string, string> = {
	'.css': 'text/css',
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript',
	'.json': 'application/json',
	'.png': 'image/png',
	'.svg': 'image/svg+xml',
	'.txt': 'text/plain; charset=utf-8',
	'.webmanifest': 'application/manifest+json',
	'.woff2': 'font/woff2',
};

const HUB = /^\/(?:api|socket\.io|healthz|readyz)(?:\/|$)/;

/** Answers as the hub does for the client that lies in `folder`: files, and one page for every place. */
export function built(folder: string): Answer {
	return async (path) => {
		if (HUB.test(path)) {
			return undefined;
		}
		const file = extname(path) === '' ? 'index.html' : path;
		const body = await readFile(join(folder, file)).catch(() => undefined);
		return body
			? { status: 200, type: TYPES[extname(file)] ?? 'application/octet-stream', body }
			: { status: 404, type: 'text/plain', body: 'gone' };
	};
}
