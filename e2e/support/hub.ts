import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { built } from './built.ts';
import { patience } from './deadlines.ts';
import { Front } from './front.ts';

const BINARY = resolve(import.meta.dirname, process.env.BATTALA_BINARY ?? '../../target/debug/battala');
const READY_WITHIN_MS = patience(20_000);

/** A folder such as `web/dist`, to see a client without packing it into the binary first. */
const CLIENT = process.env.BATTALA_CLIENT;

/** What the hub keeps in its data directory, and the copy of it that a journey makes there. */
const DATABASE = 'battala.db';
const COPY = 'copy.db';

/** What every account of the journeys has as its password. */
export const PASSWORD = 'banyan tree at noon';

/** A running hub with a data directory of its own. */
export class TestHub {
	/** Where browsers find it. */
	readonly url: string;
	#process: ChildProcess | undefined;
	#log = '';

	private constructor(
		private readonly dataDir: string,
		private readonly port: number,
		private readonly settings: Record<string, string>,
		private readonly front: Front | undefined,
	) {
		this.url = front?.url ?? this.#address;
		front?.standBefore(this.#address);
	}

	/**
	 * Starts one, `front` before it if there is one; `settings` are environment variables over those
	 * of the journeys.
	 */
	static async start(settings: Record<string, string> = {}, front?: Front): Promise<TestHub> {
		const dataDir = await mkdtemp(join(tmpdir(), 'battala-e2e-'));
		const before = front ?? (CLIENT ? await Front.start() : undefined);
		if (before && CLIENT) {
			before.client = built(resolve(CLIENT));
		}
		const hub = new TestHub(dataDir, await freePort(), settings, before);
		await hub.run();
		return hub;
	}

	/** Starts the process on the data that is there. */
	async run(): Promise<void> {
		this.#process = spawn(BINARY, ['serve'], {
			cwd: this.dataDir,
			env: {
				PATH: process.env.PATH,
				BATTALA_DATA_DIR: this.dataDir,
				BATTALA_LISTEN: `127.0.0.1:${this.port}`,
				BATTALA_PUBLIC_URL: this.url,
				// Cheap hashes, and room for scenery that is made faster than anyone types.
				BATTALA_LIMITS_PASSWORD_COST: '4',
				BATTALA_LIMITS_SEND_BURST: '1000',
				BATTALA_LIMITS_WRITE_BURST: '1000',
				BATTALA_LIMITS_DISPLAY_NAME_BURST: '1000',
				BATTALA_LIMITS_RENAME_BURST: '1000',
				...this.settings,
			},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const keep = (chunk: Buffer) => {
			this.#log += chunk.toString();
		};
		this.#process.stdout?.on('data', keep);
		this.#process.stderr?.on('data', keep);
		await this.#ready();
	}

	/** Ends the process without a warning, as a power cut would. */
	async kill(): Promise<void> {
		await this.#end('SIGKILL');
	}

	/** Stops for a copy of the database, which is whole in its file then, and goes on. */
	async backUp(): Promise<void> {
		await this.#end('SIGTERM');
		await copyFile(join(this.dataDir, DATABASE), join(this.dataDir, COPY));
		await this.run();
	}

	/** Stops, puts the last copy in the place of the database as the operator's manual says, and goes on. */
	async restore(): Promise<void> {
		await this.#end('SIGTERM');
		for (const rest of ['wal', 'shm', 'journal']) {
			await rm(join(this.dataDir, `${DATABASE}-${rest}`), { force: true });
		}
		await copyFile(join(this.dataDir, COPY), join(this.dataDir, DATABASE));
		await this.run();
	}

	async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
		const child = this.#process;
		this.#process = undefined;
		if (child && child.exitCode === null) {
			const ended = once(child, 'exit');
			child.kill(signal);
			await ended;
		}
	}

	/** Ends the process and removes its data. */
	async remove(): Promise<void> {
		await this.kill();
		await this.front?.stop();
		await rm(this.dataDir, { recursive: true, force: true });
	}

	/** The link that the terminal shows while the hub is not set up; it also stands in a file. */
	async setupLink(): Promise<string> {
		return (await readFile(join(this.dataDir, 'setup-link'), 'utf8')).trim();
	}

	/** Sets the hub up and returns the administrator. */
	async setUp(username = 'asha', hubName = 'Battala'): Promise<Account> {
		const token = new URL(await this.setupLink()).hash.slice('#token='.length);
		const body = { token, username, password: PASSWORD, hub_name: hubName, registration: 'open' };
		return { username, ...(await this.#call<{ access_token: string }>('POST', '/api/setup', body)) };
	}

	/** Makes an account through the API. */
	async register(username: string, displayName?: string): Promise<Account> {
		const body = { username, password: PASSWORD, display_name: displayName };
		return { username, ...(await this.#call<{ access_token: string }>('POST', '/api/auth/register', body)) };
	}

	/** Signs in once more; an account keeps only its latest sessions. */
	async signIn(username: string): Promise<Account> {
		const body = { login: username, password: PASSWORD };
		return { username, ...(await this.#call<{ access_token: string }>('POST', '/api/auth/login', body)) };
	}

	/** Calls the API as an account; for scenery, never for the act under test. */
	async as<T>(account: Account, method: string, path: string, body?: unknown): Promise<T> {
		return this.#call<T>(method, path, body, account.access_token);
	}

	async #call<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
		const headers: Record<string, string> = { 'content-type': 'application/json' };
		if (token) {
			headers.authorization = `Bearer ${token}`;
		}
		const init: RequestInit = { method, headers };
		if (body !== undefined) {
			init.body = JSON.stringify(body);
		}
		const response = await fetch(this.#address + path, init);
		const text = await response.text();
		if (!response.ok) {
			throw new Error(`${method} ${path}: ${response.status} ${text}`);
		}
		return (text ? JSON.parse(text) : undefined) as T;
	}

	get #address(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async #ready(): Promise<void> {
		const deadline = Date.now() + READY_WITHIN_MS;
		while (Date.now() < deadline) {
			if (this.#process?.exitCode !== null) {
				break;
			}
			const answer = await fetch(`${this.#address}/readyz`).catch(() => undefined);
			if (answer?.ok) {
				return;
			}
			await new Promise((wake) => setTimeout(wake, 20));
		}
		throw new Error(`the hub did not become ready:\n${this.#log}`);
	}
}

/** An account that signed in through the API. */
export interface Account {
	username: string;
	access_token: string;
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') {
		throw new Error('no free port');
	}
	return address.port;
}
