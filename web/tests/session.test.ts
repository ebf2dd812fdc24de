// A session from sign-in on; how it ends is in `sessionEnd.test.ts`.
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import { COOKIE_LOCK } from "@/api/token.ts";
import type { AuthResponse, Message } from "@/api/types.ts";
import { changePassword, signIn, signOut } from "@/stores/actions/account.ts";
import { openChannel } from "@/stores/actions/history.ts";
import { sendMessage, setDraft } from "@/stores/actions/messages.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { selectTimeline } from "@/stores/selectors.ts";
import { initialState } from "@/stores/state.ts";
import { getState, store } from "@/stores/store.ts";
import {
	asha,
	at,
	channelId,
	connected,
	me,
	message,
} from "./support/samples.ts";
import {
	answerWith,
	auth,
	besideTab,
	db,
	lock,
	noSession,
	requests,
	signedIn,
	start,
	statusOf,
	until,
	wire,
} from "./support/session.ts";

describe("a session", () => {
	it("is not there without a cookie", async () => {
		const session = await start(noSession);
		await session.resume();
		expect(getState().session).toMatchObject({
			status: "signed_out",
			reason: null,
		});
	});

	it("goes on after a reload", async () => {
		const session = await start(async () => auth);
		await session.resume();
		await until(() => expect(wire.token).toBe("t1"));
		expect(getState().session).toMatchObject({ status: "signed_in", me });
	});

	it("comes to life with the structure of its servers", async () => {
		await signedIn();
		expect(getState().channels.byId[channelId]?.name).toBe("general");
	});

	it("fetches what was missed before it says that it is live", async () => {
		await signedIn();
		await openChannel(channelId);
		wire.answer = (name) =>
			name === "channel_sync"
				? {
						ok: {
							rows: [message(10, 1)],
							through: 1,
							more: false,
							reset: false,
						},
					}
				: { ok: {} };
		wire.drop();
		expect(statusOf()).toBe("reconnecting");
		await until(() => expect(wire.token).toBe("t1"));
		wire.greet(1);
		await until(() => expect(statusOf()).toBe("live"));
		expect(getState().timelines[channelId]?.ids).toEqual(["10"]);
		expect(wire.sent).toContainEqual([
			"channel_sync",
			{ channel_id: channelId, after: 0 },
		]);
	});

	it("shows what the hub has since it was restored, in the channel that is open", async () => {
		const has = (...items: Message[]) =>
			answerWith(() =>
				Response.json({ items, has_older: false, has_newer: false }),
			);
		await signedIn();
		has(message(10, 1), message(20, 2));
		await openChannel(channelId);
		expect(getState().timelines[channelId]?.ids).toEqual(["10", "20"]);
		has(message(10, 1, { content: "as it was" }));
		wire.drop();
		await until(() => expect(wire.token).toBe("t1"));
		wire.greet(1, 2);
		await until(() =>
			expect(getState().timelines[channelId]?.byId).toMatchObject({
				"10": { content: "as it was" },
			}),
		);
		expect(getState().timelines[channelId]?.ids).toEqual(["10"]);
		await until(() => expect(statusOf()).toBe("live"));
	});

	it("takes another connection when the hub answers nothing at all", async () => {
		await signedIn();
		await openChannel(channelId);
		const seen = new Set<string>();
		const unwatch = store.subscribe(() => seen.add(statusOf()));
		answerWith(() => {
			throw new TypeError("no network");
		});
		wire.answer = () => {
			wire.answer = () => ({ ok: { id: "10", seq: 1 } });
			throw new Error("nothing came in time");
		};
		await sendMessage(channelId, "hello");
		await until(() => expect(seen).toContain("reconnecting"));
		unwatch();
		await until(() => expect(wire.token).toBe("t1"));
		wire.greet();
		await until(() =>
			expect(
				wire.sent.filter(([name]) => name === "message_send"),
			).toHaveLength(2),
		);
	});

	it("sends what was written while it was away", async () => {
		await signedIn();
		await openChannel(channelId);
		wire.drop();
		await sendMessage(channelId, "hello");
		expect(selectTimeline(getState(), channelId).rows.at(-1)).toMatchObject({
			kind: "pending",
		});
		wire.answer = (name) =>
			name === "message_send" ? { ok: { id: "10", seq: 1 } } : { ok: {} };
		await until(() => expect(wire.token).toBe("t1"));
		wire.greet();
		await until(() =>
			expect(wire.sent.map(([name]) => name)).toContain("message_send"),
		);
		const nonce = getState().outbox[channelId]?.[0]?.nonce ?? null;
		const row = message(10, 1, { author: asha, nonce, content: "hello" });
		wire.emit("message_created", { message: row, ...at(1) });
		await until(() => expect(getState().outbox).toEqual({}));
		expect(getState().timelines[channelId]?.ids).toEqual(["10"]);
	});

	it("renews a token that ran out while the device slept", async () => {
		let renewals = 0;
		const session = await start(async () => {
			renewals += 1;
			return { ...auth, access_token: `fresh${renewals}` };
		});
		await session.resume();
		await until(() => expect(wire.token).toBe("fresh1"));
		wire.emit("session_ended", { reason: "expired" });
		wire.close();
		wire.handlers.onRefused("unauthenticated", null);
		await until(() => expect(wire.token).toBe("fresh2"));
		expect(getState().session.status).toBe("signed_in");
	});

	it.each([
		{ known: "nobody", before: initialState },
		{ known: "its account", before: applyBatch(initialState, connected(0)) },
	])(
		"says what is the matter when it begins without the hub's database, and goes on when that is back: a page that knows $known",
		async ({ before }) => {
			store.setState({ ...before, connection: { status: "offline" } }, true);
			let isAway = true;
			answerWith(() =>
				isAway
					? Response.json(
							{ code: "unavailable" },
							{
								status: 503,
								headers: { "content-type": "application/problem+json" },
							},
						)
					: new Response("ready"),
			);
			const session = await start(async () => {
				if (!isAway) return auth;
				// Nobody would ask again by themselves before the day is over.
				const retryAfterMs = 86_400_000;
				throw new ApiError({ code: "unavailable", status: 503, retryAfterMs });
			});
			void session.resume();
			await until(() => expect(getState().trouble).toBe("database"));
			await until(() => expect(statusOf()).toBe("reconnecting"));
			isAway = false;
			await until(() => expect(wire.token).toBe("t1"));
			expect(getState().session.status).toBe("signed_in");
			expect(getState().trouble).toBeNull();
		},
	);

	it("leaves nothing behind of one try to begin when it makes the next", async () => {
		let watchers = 0;
		const { subscribe } = store;
		vi.spyOn(store, "subscribe").mockImplementation((listener) => {
			const stop = subscribe(listener);
			watchers += 1;
			return () => {
				watchers -= 1;
				stop();
			};
		});
		const found: number[] = [];
		const session = await start(async () => {
			found.push(watchers);
			if (found.length < 3) throw new TypeError("no network");
			return noSession();
		});
		await session.resume();
		expect(found).toEqual([0, 0, 0]);
		expect(getState().session.status).toBe("signed_out");
	});

	it("lets the hub know its device again as soon as the password has changed", async () => {
		const passwords = {
			current_password: "correct horse",
			new_password: "mango tree at dusk",
		};
		const order: string[] = [];
		const session = await start(async () => {
			order.push("renewal");
			if (order.length > 2) throw new TypeError("no network");
			return { ...auth, access_token: `t${order.length}` };
		});
		await session.resume();
		answerWith((request) => {
			order.push(request);
			return new Response(null, { status: 204 });
		});
		await changePassword(passwords);
		const change = "POST /api/users/@me/password";
		await until(() => expect(order).toEqual(["renewal", change, "renewal"]));

		// The password has changed all the same when the renewal fails.
		await changePassword(passwords);
		await until(() => expect(order).toHaveLength(5));
		expect(getState().session.status).toBe("signed_in");
	});

	it("tells the hub that it signs out, in time or at the next start", async () => {
		await signedIn();
		answerWith(() => {
			throw new TypeError("no network");
		});
		await signOut();
		expect(getState().session.status).toBe("signed_out");
		await until(async () => expect(await db.isLeaving()).toBe(true));

		store.setState(initialState, true);
		answerWith(() => new Response(null, { status: 204 }));
		requests.length = 0;
		const again = await start(noSession);
		await again.resume();
		expect(requests).toContain("POST /api/auth/logout");
		expect(await db.isLeaving()).toBe(false);
		expect(getState().session.status).toBe("signed_out");
	});

	it("begins when the hub has answered the sign-out before it, which takes the cookie away", async () => {
		await signedIn();
		let answer: ((response: Response) => void) | undefined;
		answerWith((request) => {
			if (request.includes("/auth/login")) return Response.json(auth);
			if (answer || !request.includes("/auth/logout"))
				return new Response(null, { status: 204 });
			return new Promise((done) => {
				answer = done;
			});
		});
		await signOut();
		requests.length = 0;
		const begun = signIn({ login: "asha", password: "correct horse" });
		await db.isLeaving();
		expect(requests).not.toContain("POST /api/auth/login");
		answer?.(new Response(null, { status: 204 }));
		await begun;
		expect(requests).toContain("POST /api/auth/login");
		expect(getState().session.status).toBe("signed_in");
	});

	it("is not ended by a tab that tells the hub late of the sign-out before it", async () => {
		await db.setLeaving(true);
		let signIn: (() => void) | undefined;
		// Another tab is signing in.
		const elsewhere = lock(
			COOKIE_LOCK,
			() =>
				new Promise<void>((done) => {
					signIn = done;
				}),
		);
		const session = await start(async () => auth);
		const resumed = session.resume();
		await db.isLeaving();
		await db.setLeaving(false);
		signIn?.();
		await Promise.all([elsewhere, resumed]);
		expect(requests).not.toContain("POST /api/auth/logout");
		expect(getState().session.status).toBe("signed_in");
	});

	it("leaves no sign-out to be told once it is there", async () => {
		await db.setLeaving(true);
		await start(noSession);
		const begun = signIn({ login: "asha", password: "correct horse" });
		// Whoever is next, in whichever tab.
		expect(await lock(COOKIE_LOCK, () => db.isLeaving())).toBe(false);
		await begun;
	});

	it("begins when a renewal has ended that was under way, which may do so as well", async () => {
		let end: ((error: ApiError) => void) | undefined;
		const refresh = () =>
			new Promise<AuthResponse>((_, reject) => {
				end = reject;
			});
		const session = await start(refresh);
		const resumed = session.resume();
		await until(() => expect(end).toBeDefined());
		const begun = signIn({ login: "asha", password: "correct horse" });
		await db.isLeaving();
		expect(requests).not.toContain("POST /api/auth/login");
		end?.(new ApiError({ code: "session_ended", status: 401 }));
		await resumed;
		await begun;
		expect(getState().session.status).toBe("signed_in");
	});

	it("is not asked for where nobody needs one and nobody has had one", async () => {
		let asked = 0;
		const refresh = () => {
			asked += 1;
			return noSession();
		};
		const session = await start(refresh);
		await session.resume(false);
		expect(getState().session.status).toBe("signed_out");
		expect(asked).toBe(0);

		for (const leaveTraces of [
			() => db.setLastUser(me.id),
			() => db.setLeaving(true),
		]) {
			store.setState(initialState, true);
			await leaveTraces();
			await (await start(refresh)).resume(false);
			expect(getState().session.status).toBe("signed_out");
		}
		expect(asked).toBe(2);
	});

	it("is asked for where one is needed, though this device remembers nobody", async () => {
		const session = await start(async () => auth);
		await session.resume();
		expect(getState().session.status).toBe("signed_in");
	});

	it("ends in the other tabs, too", async () => {
		await signedIn();
		const other = besideTab();
		other.post({ kind: "signed_out", userId: me.id, keepsWriting: false });
		await until(() => expect(getState().session.status).toBe("signed_out"));
		expect(requests).not.toContain("POST /api/auth/logout");
		other.close();
	});

	it("shares drafts with the other tabs", async () => {
		await signedIn();
		const other = besideTab();
		const heard: unknown[] = [];
		other.listen((message) => heard.push(message));
		setDraft(channelId, "half a thought");
		const draft = { kind: "draft", userId: me.id, channelId };
		await until(() =>
			expect(heard).toContainEqual({ ...draft, text: "half a thought" }),
		);
		other.post({ kind: "draft", userId: me.id, channelId, text: "whole" });
		await until(() => expect(getState().drafts[channelId]).toBe("whole"));
		other.close();
	});
});
