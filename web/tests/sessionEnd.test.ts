// How a session ends, and what of it stays on this device.
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { beforeForget } from "@/lib/forget.ts";
import { signIn } from "@/stores/actions/account.ts";
import { sendMessage, setDraft } from "@/stores/actions/messages.ts";
import { ports } from "@/stores/ports.ts";
import { getState } from "@/stores/store.ts";
import { channelId, me } from "./support/samples.ts";
import {
	answerWith,
	besideTab,
	boAuth,
	db,
	requests,
	signedIn,
	until,
	wire,
} from "./support/session.ts";

describe("the end of a session", () => {
	it.each(["revoked", "password_changed", "signed_out"] as const)(
		"keeps only what was written when it is ended from elsewhere: %s",
		async (reason) => {
			await signedIn();
			wire.drop();
			await sendMessage(channelId, "unsent");
			setDraft(channelId, "half a thought");
			wire.emit("session_ended", { reason });
			expect(getState().session).toMatchObject({
				status: "signed_out",
				reason,
			});
			expect(getState().outbox).toEqual({});
			await until(() =>
				expect(getState().session).toMatchObject({ isKept: true }),
			);
			await until(async () => expect(await db.lastUser()).toBeUndefined());
			expect(await db.snapshot(me.id)).toBeUndefined();
			expect(await db.messages(me.id)).toHaveLength(1);

			await signIn({ login: "asha", password: "correct horse" });
			await until(() =>
				expect(getState().drafts).toEqual({ [channelId]: "half a thought" }),
			);
		},
	);

	it("keeps what was typed in the last moment", async () => {
		await signedIn();
		const stop = beforeForget(() => setDraft(channelId, "half a thought"));
		onTestFinished(stop);
		wire.emit("session_ended", { reason: "revoked" });
		await until(() =>
			expect(getState().session).toMatchObject({ isKept: true }),
		);
		expect(await db.drafts(me.id)).toEqual({ [channelId]: "half a thought" });
	});

	it.each([
		[
			"takes nothing more",
			() => vi.spyOn(db, "saveDraft").mockRejectedValue(new Error("full")),
		],
		["goes with the page", () => vi.spyOn(db, "wipe").mockResolvedValue(false)],
	])(
		"says nothing of words kept in a storage that %s",
		async (_what, refuse) => {
			await signedIn();
			refuse();
			setDraft(channelId, "half a thought");
			await ports().leave(true);
			expect(getState().session).toMatchObject({ isKept: false });
		},
	);

	it("says nothing of words kept where there are none", async () => {
		await signedIn();
		await ports().leave(true);
		expect(getState().session).toMatchObject({ isKept: false });
	});

	it("shows another account nothing of what it keeps", async () => {
		await signedIn();
		setDraft(channelId, "half a thought");
		wire.emit("session_ended", { reason: "revoked" });
		answerWith(() => Response.json(boAuth));
		await signIn({ login: "bo", password: "correct horse" });
		await until(async () => expect(await db.lastUser()).toBe(boAuth.user.id));
		expect(getState().drafts).toEqual({});
		expect(await db.drafts(me.id)).toEqual({ [channelId]: "half a thought" });
	});

	it("throws away what another tab was asked to, though the hub told first", async () => {
		await signedIn();
		setDraft(channelId, "half a thought");
		const other = besideTab();
		wire.emit("session_ended", { reason: "signed_out" });
		other.post({ kind: "signed_out", userId: me.id, keepsWriting: false });
		await until(async () => expect(await db.drafts(me.id)).toEqual({}));
		other.close();
	});

	it.each(["after", "while"])(
		"says nothing of words kept that another tab was asked to throw away %s they are found",
		async (moment) => {
			await signedIn();
			setDraft(channelId, "half a thought");
			const other = besideTab();
			wire.emit("session_ended", { reason: "revoked" });
			const isKept = () =>
				expect(getState().session).toMatchObject({ isKept: true });
			if (moment === "after") await until(isKept);
			other.post({ kind: "signed_out", userId: me.id, keepsWriting: false });
			await until(async () => expect(await db.drafts(me.id)).toEqual({}));
			expect(getState().session).toMatchObject({
				reason: "revoked",
				isKept: false,
			});
			other.close();
		},
	);

	it("leaves the cookie alone where it was ended elsewhere: another tab may have begun with it", async () => {
		await signedIn();
		wire.emit("session_ended", { reason: "signed_out" });
		await until(async () => expect(await db.lastUser()).toBeUndefined());
		expect(requests).not.toContain("POST /api/auth/logout");
		expect(await db.isLeaving()).toBe(false);
	});

	it("says in every tab why it ended", async () => {
		await signedIn();
		const other = besideTab();
		const end = {
			userId: me.id,
			keepsWriting: true,
			reason: "revoked",
		} as const;
		other.post({ kind: "signed_out", ...end });
		await until(() =>
			expect(getState().session).toMatchObject({ reason: "revoked" }),
		);
		other.close();
	});

	it("keeps what was written when it merely expires", async () => {
		await signedIn();
		wire.drop();
		await sendMessage(channelId, "unsent");
		wire.handlers.onRefused("session_ended", null);
		await until(() => expect(getState().session.status).toBe("signed_out"));
		expect(await db.messages(me.id)).toHaveLength(1);
	});
});
