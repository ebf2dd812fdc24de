// What storage answers when the account that asked is gone already.
import { expect, it, vi } from "vitest";
import { signIn } from "@/stores/actions/account.ts";
import { sendMessage, setDraft } from "@/stores/actions/messages.ts";
import { getState } from "@/stores/store.ts";
import { channelId, me } from "./support/samples.ts";
import {
	answerWith,
	boAuth,
	db,
	signedIn,
	until,
	wire,
} from "./support/session.ts";

/** Keeps the next answer of the storage back until it is released. */
function hold(name: "addMessage" | "messages" | "drafts") {
	const ask = db[name] as (given: unknown) => Promise<unknown>;
	let release = () => {};
	const held = new Promise<void>((done) => {
		release = done;
	});
	const asked = vi.fn(async (given: unknown) => {
		Object.assign(db, { [name]: ask });
		const answer = await ask(given);
		await held;
		return answer;
	});
	Object.assign(db, { [name]: asked });
	return { asked, release };
}

async function endAndSignInAsBo(): Promise<void> {
	wire.emit("session_ended", { reason: "revoked" });
	answerWith(() => Response.json(boAuth));
	await signIn({ login: "bo", password: "correct horse" });
}

it("shows another account no message that was being stored for the last one", async () => {
	await signedIn();
	const { release } = hold("addMessage");
	const sent = sendMessage(channelId, "for asha's friends");
	await endAndSignInAsBo();
	release();
	await sent;
	expect(getState().outbox).toEqual({});
	expect(await db.messages(me.id)).toHaveLength(1);
});

it.each(["messages", "drafts"] as const)(
	"shows another account nothing that was being read for the last one: %s",
	async (read) => {
		await signedIn();
		wire.drop();
		await sendMessage(channelId, "unsent");
		setDraft(channelId, "half a thought");
		wire.emit("session_ended", { reason: "revoked" });
		await until(async () => expect(await db.drafts(me.id)).not.toEqual({}));
		const { asked, release } = hold(read);
		await signIn({ login: "asha", password: "correct horse" });
		expect(asked).toHaveBeenCalledWith(me.id);
		await endAndSignInAsBo();
		release();
		await asked.mock.results[0]?.value;
		expect(getState().outbox).toEqual({});
		expect(getState().drafts).toEqual({});
	},
);
