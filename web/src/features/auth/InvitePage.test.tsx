import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import type { InvitePreview } from "@/api/types.ts";
import InvitePage from "./InvitePage.tsx";

const preview = vi.hoisted(() =>
	vi.fn<(code: string, signal?: AbortSignal) => Promise<InvitePreview>>(),
);

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	previewInvite: preview,
}));

const found = {
	code: "abcdefgh",
	server: { id: "1", name: "Neighbours", icon: null, member_count: 3 },
	inviter: {
		id: "9",
		username: "asha",
		display_name: "Asha",
		avatar: null,
		kind: "human",
	},
	expires_at: null,
	opens_hub: true,
} as unknown as InvitePreview;

const title = () => screen.getByRole("heading", { level: 1 }).textContent;

beforeEach(() => {
	preview.mockReset();
	vi.useFakeTimers();
});
afterEach(() => {
	cleanup();
	vi.useRealTimers();
});

it.each([
	["rate_limited", 3000],
	["unavailable", 2000],
])(
	"a hub that is busy (%s) says so, counts down, and is asked again",
	async (code, retryAfterMs) => {
		preview.mockRejectedValueOnce(new ApiError({ code, retryAfterMs }));
		preview.mockResolvedValue(found);
		render(<InvitePage code="abcdefgh" />);
		await act(() => vi.advanceTimersByTimeAsync(0));
		expect(title()).toBe("Many are here at once");
		const told = () =>
			Number(/in (\d+) second/.exec(document.body.textContent ?? "")?.[1]);
		const first = told();
		await act(() => vi.advanceTimersByTimeAsync(1000));
		if (first > 1) expect(told()).toBeLessThan(first);
		// Not before the hub wants it.
		await act(() => vi.advanceTimersByTimeAsync(retryAfterMs - 1001));
		expect(preview).toHaveBeenCalledTimes(1);
		await act(() => vi.advanceTimersByTimeAsync(2000));
		expect(title()).toBe("You are invited to Neighbours");
	},
);

it("one that is out of reach is asked again by itself and by a press", async () => {
	preview.mockRejectedValueOnce(new ApiError({ code: "network" }));
	preview.mockRejectedValueOnce(new ApiError({ code: "network" }));
	preview.mockResolvedValue(found);
	render(<InvitePage code="abcdefgh" />);
	await act(() => vi.advanceTimersByTimeAsync(0));
	expect(title()).toBe("The hub cannot be reached.");
	await act(() => vi.advanceTimersByTimeAsync(1100));
	expect(preview).toHaveBeenCalledTimes(2);
	await act(async () => {
		screen.getByRole("button", { name: "Try again" }).click();
		await vi.advanceTimersByTimeAsync(0);
	});
	expect(title()).toBe("You are invited to Neighbours");
	await vi.advanceTimersByTimeAsync(60_000);
	expect(preview).toHaveBeenCalledTimes(3);
});
