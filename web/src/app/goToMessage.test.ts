import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/stores/index.ts";
import { useToasts } from "@/ui/toasts.ts";
import { goToMessage } from "./goToMessage.ts";

const jump = vi.hoisted(() => vi.fn<() => Promise<boolean>>());
vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	jumpToMessage: jump,
}));

const said = () => useToasts.getState().shown.map(({ text }) => text);
const go = () => goToMessage("2", "5", new AbortController().signal);

beforeEach(() => useToasts.setState({ shown: [], log: [] }));

it("takes back that a message could not be loaded when it turns out to be gone", async () => {
	jump.mockRejectedValueOnce(new ApiError({ code: "network" }));
	await go();
	expect(said()).toEqual([
		"The message was not loaded: The hub cannot be reached.",
	]);
	jump.mockRejectedValueOnce(new ApiError({ code: "not_found" }));
	await go();
	expect(said()).toEqual(["That message is not here."]);
});

it("says nothing to whoever has left, and takes nothing back", async () => {
	jump.mockRejectedValueOnce(new ApiError({ code: "network" }));
	await go();
	jump.mockResolvedValueOnce(false);
	await go();
	expect(said()).toHaveLength(1);
	jump.mockResolvedValueOnce(true);
	await go();
	expect(said()).toEqual([]);
});
