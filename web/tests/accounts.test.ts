// Several accounts and tabs on one device, one after the other.
import { describe, expect, it, vi } from "vitest";
import { restoreSnapshot, snapshotOf } from "@/gateway/snapshot.ts";
import {
	removeBefore,
	removeUnwanted,
	withoutUnwanted,
} from "@/gateway/unwanted.ts";
import { noteUnwanted } from "@/lib/lastUser.ts";
import { openMemoryDb } from "@/lib/memoryDb.ts";
import { signIn, signOut, updateProfile } from "@/stores/actions/account.ts";
import { sendMessage, setDraft } from "@/stores/actions/messages.ts";
import { reorderServers } from "@/stores/actions/serverOrder.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { selectUnsent } from "@/stores/selectors.ts";
import { initialState } from "@/stores/state.ts";
import { getState, store } from "@/stores/store.ts";
import {
	channelId,
	connected,
	me,
	message,
	page,
	ready,
	startLoad,
} from "./support/samples.ts";
import {
	answerWith,
	auth,
	besideTab,
	boAuth,
	boMe,
	db,
	requests,
	signedIn,
	start,
	statusOf,
	until,
	wire,
} from "./support/session.ts";

describe("a tab beside one in which somebody signs out", () => {
	it("goes on as who signs in there, says so, and shows them none of the other's words", async () => {
		await signedIn();
		setDraft(channelId, "by Asha");
		const other = besideTab();
		other.post({ kind: "signed_out", userId: me.id, keepsWriting: true });
		await until(() => expect(getState().session.status).toBe("signed_out"));
		// The composer hands over what it held when it goes.
		setDraft(channelId, "by Asha, and more");
		other.post({ kind: "token", auth: boAuth });
		await until(() => expect(getState().session).toMatchObject({ me: boMe }));
		expect(getState().ui.became).toBe("Bo");
		expect(getState().drafts).toEqual({});
		await until(async () =>
			expect(await db.drafts(me.id)).toEqual({ [channelId]: "by Asha" }),
		);
		other.close();
	});

	it("says nothing when the same person signs in again", async () => {
		await signedIn();
		const other = besideTab();
		other.post({ kind: "signed_out", userId: me.id, keepsWriting: false });
		await until(() => expect(getState().session.status).toBe("signed_out"));
		other.post({ kind: "token", auth: { ...auth, access_token: "t2" } });
		await until(() => expect(getState().session.status).toBe("signed_in"));
		expect(getState().ui.became).toBeNull();
		other.close();
	});
});

describe("an answer that comes when somebody else is signed in", () => {
	/** Asha's call hangs, she signs out and Bo signs in; returns how the hub answers her. */
	async function overtaken(request: string, ask: () => Promise<unknown>) {
		await signedIn();
		let answer: ((response: Response) => void) | undefined;
		answerWith((asked) => {
			if (asked.includes("/auth/login")) return Response.json(boAuth);
			if (asked !== request || answer) return Response.json({ items: [] });
			return new Promise((done) => {
				answer = done;
			});
		});
		const asked = ask();
		const refused = expect(asked).rejects.toMatchObject({ code: "aborted" });
		await until(() => expect(answer).toBeDefined());
		await signOut();
		await signIn({ login: "bo", password: "correct horse" });
		return async (response: Response) => {
			answer?.(response);
			await refused;
		};
	}

	it("shows them nothing of the account before", async () => {
		const mail = { ...me, email: "asha@example.org", rev: me.rev + 5 };
		const answer = await overtaken("PATCH /api/users/@me", () =>
			updateProfile({ email: mail.email }),
		);
		await answer(Response.json(mail));
		expect(getState().session).toMatchObject({ me: boMe });
	});

	it("takes none of their own changes back", async () => {
		const answer = await overtaken("PATCH /api/servers", () =>
			reorderServers(["1001", "1002"]),
		);
		await reorderServers(["1002", "1001"]);
		await answer(Response.json({ items: [] }));
		const sent = requests.filter((one) => one === "PATCH /api/servers");
		expect(sent).toHaveLength(2);
	});
});

describe("signing out", () => {
	it.each([false, true])("keeps what was written: %s", async (keepsWriting) => {
		await signedIn();
		wire.drop();
		await sendMessage(channelId, "unsent");
		setDraft(channelId, "half a thought");
		const closed = "battala.last-words.of-a-closed-tab";
		const words = { userId: me.id, at: 1, drafts: { "404": "more" } };
		localStorage.setItem(closed, JSON.stringify(words));
		expect(selectUnsent(getState())).toEqual({ messages: 1, drafts: 1 });
		await signOut(keepsWriting);
		expect(localStorage.getItem(closed) !== null).toBe(keepsWriting);
		localStorage.removeItem(closed);
		expect(getState().drafts).toEqual({});
		expect(await db.messages(me.id)).toHaveLength(keepsWriting ? 1 : 0);
		expect(await db.drafts(me.id)).toEqual(
			keepsWriting ? { [channelId]: "half a thought" } : {},
		);
	});

	/** Asha wants nothing kept, and the database refuses to remove it. */
	async function refusedToForget() {
		await signedIn();
		wire.drop();
		await sendMessage(channelId, "unsent");
		setDraft(channelId, "half a thought");
		const wipe = vi.spyOn(db, "wipe").mockRejectedValue(new Error("full"));
		await signOut();
		expect(await db.messages(me.id)).toHaveLength(1);
		return () => wipe.mockRestore();
	}

	it("removes at the next start what the database refused to remove", async () => {
		const relent = await refusedToForget();
		relent();
		// Another account has been used since; and once the disk was not there at all.
		await db.setLastUser(boMe.id);
		await removeUnwanted(openMemoryDb());
		await removeUnwanted(db);
		expect(await db.messages(me.id)).toEqual([]);
		expect(await db.drafts(me.id)).toEqual({});
		expect(await db.lastUser()).toBe(boMe.id);
		expect(await db.messages(boMe.id)).toEqual([]);
		const wipe = vi.spyOn(db, "wipe");
		await removeUnwanted(db);
		expect(wipe).not.toHaveBeenCalled();
	});

	it("sends nothing of it when the same account signs in again", async () => {
		const relent = await refusedToForget();
		relent();
		await signIn({ login: "asha", password: "correct horse" });
		await until(() => expect(wire.token).toBe("t1"));
		wire.greet();
		await until(() => expect(statusOf()).toBe("live"));
		expect(await db.messages(me.id)).toEqual([]);
		expect(wire.sent.map(([name]) => name)).not.toContain("message_send");
		// What is written from now on is kept.
		wire.drop();
		await sendMessage(channelId, "by Asha");
		await removeUnwanted(db);
		expect(await db.messages(me.id)).toMatchObject([{ content: "by Asha" }]);
	});

	it("sends nothing of it while the database refuses still, and forgets it later", async () => {
		const relent = await refusedToForget();
		await signIn({ login: "asha", password: "correct horse" });
		await until(() => expect(wire.token).toBe("t1"));
		wire.greet();
		await until(() => expect(statusOf()).toBe("live"));
		expect(getState().outbox).toEqual({});
		expect(getState().drafts).toEqual({});
		// Among what is to go it would go with it.
		await expect(sendMessage(channelId, "by Asha")).rejects.toThrow("full");
		relent();
		await sendMessage(channelId, "by Asha");
		await until(() =>
			expect(wire.sent.map(([name]) => name)).toContain("message_send"),
		);
		const texts = wire.sent
			.filter(([name]) => name === "message_send")
			.map(([, body]) => body);
		expect(texts).toMatchObject([{ content: "by Asha" }]);
		expect(await db.drafts(me.id)).toEqual({});
		expect(await db.lastUser()).toBe(me.id);
	});

	it("is not forgotten as a wish where there is no disk for a while", async () => {
		const relent = await refusedToForget();
		relent();
		await removeBefore(openMemoryDb(), me.id);
		expect(await db.messages(me.id)).toHaveLength(1);
		await removeUnwanted(db);
		expect(await db.messages(me.id)).toEqual([]);
	});

	it("lets who signs in again write where there is no disk", async () => {
		noteUnwanted(me.id);
		const memory = withoutUnwanted(openMemoryDb());
		const written = { userId: me.id, channelId, createdAt: 1, failed: null };
		for (const nonce of ["a", "b"])
			await memory.addMessage({ ...written, nonce, content: nonce });
		expect(await memory.messages(me.id)).toMatchObject([
			{ nonce: "a" },
			{ nonce: "b" },
		]);
	});
});

describe("a device on which someone else has signed in meanwhile", () => {
	/** The cookie is Bo's; the database still says that it was Asha who left off here. */
	async function resumed() {
		const painted = applyBatch(initialState, [
			...connected(1, "1"),
			startLoad(),
			page("newest", [message(1, 1)]),
		]);
		await db.setLastUser(me.id);
		await db.saveSnapshot({
			userId: me.id,
			version: 6,
			state: snapshotOf(painted),
		});
		const unsent = { userId: me.id, channelId, createdAt: 1, failed: null };
		await db.addMessage({ ...unsent, nonce: "n", content: "by Asha" });
		const snapshot = await restoreSnapshot(db);
		store.setState({ ...initialState, ...snapshot }, true);
		const session = await start(async () => boAuth);
		await session.resume();
		await until(() => expect(wire.token).toBe("bo's"));
	}

	it("goes on as the one whom the hub names, with nothing of the other", async () => {
		await resumed();
		expect(getState().session).toMatchObject({ me: boMe });
		expect(getState().ui.became).toBe("Bo");
		expect(getState().timelines).toEqual({});
		expect(getState().channels.byId).toEqual({});
		expect(await db.lastUser()).toBe(boMe.id);
	});

	it("sends nothing that the other one has written, and keeps it for them", async () => {
		await resumed();
		wire.answer = () => ({ ok: { id: "10", seq: 2 } });
		for (const input of connected(1, "1")) {
			if (input.kind !== "event") continue;
			const { name, data } = input.event;
			wire.emit(name, name === "ready" ? { ...ready, me: boMe } : data);
		}
		await until(() => expect(statusOf()).toBe("live"));
		await sendMessage(channelId, "by Bo");
		await until(() =>
			expect(wire.sent.map(([name]) => name)).toContain("message_send"),
		);
		const texts = wire.sent
			.filter(([name]) => name === "message_send")
			.map(([, body]) => body);
		expect(texts).toMatchObject([{ content: "by Bo" }]);
		expect(await db.messages(me.id)).toMatchObject([{ content: "by Asha" }]);
	});

	it("does not run for one account on the connection of another", async () => {
		await signedIn();
		wire.emit("ready", { ...ready, me: boMe });
		expect(getState().session.status).toBe("signed_out");
		expect(wire.token).toBeNull();
	});
});
