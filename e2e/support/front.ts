import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** What the front answers itself; nothing leaves the address to the hub. */
export type Answer = (path: string) => Promise<{ status: number; type: string; body: Buffer | string } | undefined>;

/**
 * Stands before a hub as a reverse proxy would, and answers some addresses in its place: a newer
 * client, a file that is gone. Headers are the hub's own, so that its policy stays in force.
 */
export class Front {
	readonly url: string;
	/** What a journey has it answer; may be changed at any time. */
	answer: Answer = async () => undefined;
	/** The client it shows instead of the hub's. */
	client: Answer = async () => undefined;
	#hub: URL | undefined;
	readonly #sockets = new Set<Socket>();

	private constructor(private readonly server: Server) {
		const { port } = server.address() as AddressInfo;
		this.url = `http://127.0.0.1:${port}`;
		server.on('request', (from, to) => void this.#pass(from, to));
		server.on('upgrade', (from: IncomingMessage, socket: Socket) => this.#tunnel(from, socket));
		server.on('connection', (socket) => {
			this.#sockets.add(socket);
			socket.once('close', () => this.#sockets.delete(socket));
		});
	}

	/** Begins to listen; whoever asks before there is a hub is told so. */
	static async start(): Promise<Front> {
		const server = createServer().listen(0, '127.0.0.1');
		await once(server, 'listening');
		return new Front(server);
	}

	/** From now on this is the hub behind. */
	standBefore(hubUrl: string): void {
		this.#hub = new URL(hubUrl);
	}

	async stop(): Promise<void> {
		for (const socket of this.#sockets) {
			socket.destroy();
		}
		const closed = once(this.server, 'close');
		this.server.close();
		await closed;
	}

	async #pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
		const path = new URL(from.url ?? '/', this.url).pathname;
		const own = (await this.answer(path)) ?? (await this.client(path));
		const through = request(this.#target(from, own ? '/' : from.url), (answer) => {
			if (own) {
				answer.resume();
				const policy = String(answer.headers['content-security-policy']);
				to.writeHead(own.status, { 'content-type': own.type, 'content-security-policy': policy, 'cache-control': 'no-cache' });
				to.end(own.body);
			} else {
				to.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(to);
			}
		});
		through.on('error', () => to.headersSent || to.writeHead(502).end());
		if (own) {
			through.end();
		} else {
			from.pipe(through);
		}
	}

	#target(from: IncomingMessage, path = '/') {
		const { hostname, port } = this.#hub ?? new URL('http://127.0.0.1:1');
		return { hostname, port, path, method: path === from.url ? from.method : 'GET', headers: from.headers };
	}

	#tunnel(from: IncomingMessage, socket: Socket): void {
		const { hostname, port } = this.#target(from);
		const through = connect(Number(port), hostname, () => {
			const lines = from.rawHeaders.flatMap((name, at) => (at % 2 ? [] : [`${name}: ${from.rawHeaders[at + 1]}`]));
			through.write(`${from.method} ${from.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
			socket.pipe(through).pipe(socket);
		});
		this.#sockets.add(through);
		for (const [one, other] of [
			[socket, through],
			[through, socket],
		] as const) {
			one.on('error', () => other.destroy());
			one.on('close', () => other.destroy());
		}
	}
}
