import { describe, expect, it } from "vitest";
import { createCommand } from "./commands.ts";

const body = { channel_id: "1" };

function commandWith(send: () => Promise<unknown>, isOpen = () => true) {
	return createCommand({ send, isOpen });
}

describe("a command", () => {
	it("resolves with what the hub acknowledges", async () => {
		const command = commandWith(async () => ({ ok: { done: 1 } }));
		expect(await command("typing_start", body)).toEqual({ done: 1 });
	});

	it("rejects with the hub's refusal", async () => {
		const error = {
			code: "rate_limited",
			message: "slow down",
			retry_after_ms: 900,
		};
		const command = commandWith(async () => ({ error }));
		await expect(command("typing_start", body)).rejects.toMatchObject({
			name: "CommandError",
			code: "rate_limited",
			retryAfterMs: 900,
		});
	});

	it.each([null, "ok", {}, { error: "no" }])(
		"rejects the senseless answer %j",
		async (ack) => {
			const command = commandWith(async () => ack);
			await expect(command("typing_start", body)).rejects.toMatchObject({
				code: "bad_answer",
			});
		},
	);

	it("tells a lost connection from a slow hub", async () => {
		const closed = commandWith(
			() => Promise.reject(new Error("gone")),
			() => false,
		);
		await expect(closed("typing_start", body)).rejects.toMatchObject({
			code: "network",
		});
		const slow = commandWith(() => Promise.reject(new Error("timeout")));
		await expect(slow("typing_start", body)).rejects.toMatchObject({
			code: "timeout",
		});
	});
});
