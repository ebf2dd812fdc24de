import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import type { CreateInvite, Id, Invite } from "@/api/types.ts";
import InviteDialog from "./InviteDialog.tsx";

const canManage = vi.hoisted(() => vi.fn<() => boolean>());
const create = vi.hoisted(() =>
	vi.fn<(serverId: Id, body: CreateInvite) => Promise<Invite>>(),
);
const revoke = vi.hoisted(() =>
	vi.fn<(serverId: Id, code: string) => Promise<void>>(),
);

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	createInvite: create,
	revokeInvite: revoke,
	useCan: canManage,
}));

beforeEach(() => {
	create.mockReset();
	revoke.mockReset().mockResolvedValue();
});
afterEach(cleanup);

it.each([
	[true, "Revoke some in its settings."],
	[false, "until one has ended"],
])(
	"says what helps where there are too many invites (managing: %s)",
	async (manages, words) => {
		canManage.mockReturnValue(manages);
		create.mockRejectedValue(
			new ApiError({ code: "limit_reached", status: 409 }),
		);
		render(<InviteDialog serverId="1" onClose={() => {}} />);
		await screen.findByText(words, { exact: false });
	},
);

/** The invites of a hub that counts them. */
function invite(number: number): Invite {
	return {
		code: `code${number}`,
		server_id: "1",
		creator: {
			id: "1",
			username: "asha",
			display_name: "Asha",
			avatar: null,
			kind: "human",
		},
		created_at: 0,
		expires_at: null,
		uses: 0,
		uses_max: null,
		opens_hub: false,
	};
}

it("asks for a link that there is already only where it does for all, and revokes none of those", async () => {
	create.mockImplementation(async () => invite(create.mock.calls.length));
	render(<InviteDialog serverId="1" onClose={() => {}} />);
	const isShown = (code: string) =>
		screen.findByDisplayValue(new RegExp(`/invite/${code}$`));
	const choose = (label: string, value: string) =>
		userEvent.selectOptions(screen.getByLabelText(label), value);
	await isShown("code1");
	await choose("Number of uses", "one");
	await isShown("code2");
	await choose("Number of uses", "unlimited");
	await isShown("code3");
	await choose("Expires after", "hour");
	await isShown("code4");
	await choose("Expires after", "never");
	await isShown("code5");
	const asked = create.mock.calls.map(([, { reuse }]) => reuse);
	expect(asked).toEqual([true, false, true, false, true]);
	expect(revoke.mock.calls.map(([, code]) => code)).toEqual(["code2", "code4"]);
});
