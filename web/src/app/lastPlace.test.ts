import { beforeEach, expect, it } from "vitest";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState } from "@/stores/state.ts";
import { getState, store } from "@/stores/store.ts";
import {
	channelId,
	connected,
	me,
	serverId,
} from "../../tests/support/samples.ts";
import { lastChannelOf, lastPlace, rememberChannel } from "./lastPlace.ts";

const state = applyBatch(initialState, connected());

function signInAs(id: string): void {
	const session = { status: "signed_in", isCached: false } as const;
	const who = { ...session, me: { ...me, id }, sessionId: null };
	store.setState({ ...state, session: who }, true);
}

beforeEach(() => {
	localStorage.clear();
	signInAs(me.id);
	rememberChannel(serverId, channelId);
});

it("is where the account was", () => {
	expect(lastPlace(getState(), false)).toBe(`/app/s/${serverId}/${channelId}`);
	expect(lastChannelOf(serverId)).toBe(channelId);
});

it("is where each account was, when several use the device in turn", () => {
	signInAs("2");
	rememberChannel(serverId, "2999");
	signInAs(me.id);
	expect(lastChannelOf(serverId)).toBe(channelId);
	signInAs("2");
	expect(lastChannelOf(serverId)).toBe("2999");
});

it("is kept for the few who were there last", () => {
	for (const id of ["2", "3", "4", "5", "6"]) {
		signInAs(id);
		rememberChannel(serverId, channelId);
	}
	expect(lastChannelOf(serverId)).toBe(channelId);
	signInAs(me.id);
	expect(lastChannelOf(serverId)).toBeUndefined();
});

it("is read as an earlier client kept it", () => {
	localStorage.setItem(
		"battala.last",
		JSON.stringify({
			userId: me.id,
			serverId,
			channels: { [serverId]: channelId },
		}),
	);
	expect(lastChannelOf(serverId)).toBe(channelId);
});

it("is not where another account was", () => {
	signInAs("2");
	expect(lastPlace(getState(), false)).toBe(`/app/s/${serverId}`);
	expect(lastChannelOf(serverId)).toBeUndefined();
});
