import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import InviteDialog from "./InviteDialog.tsx";

const canManage = vi.hoisted(() => vi.fn<() => boolean>());

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	createInvite: () =>
		Promise.reject(new ApiError({ code: "limit_reached", status: 409 })),
	useCan: canManage,
}));

afterEach(cleanup);

it.each([
	[true, "Revoke some in its settings."],
	[false, "until one has ended"],
])(
	"says what helps where there are too many invites (managing: %s)",
	async (manages, words) => {
		canManage.mockReturnValue(manages);
		render(<InviteDialog serverId="1" onClose={() => {}} />);
		await screen.findByText(words, { exact: false });
	},
);
