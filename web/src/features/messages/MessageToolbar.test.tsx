import { act, render, screen } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { bo, me, message } from "../../../tests/support/samples.ts";
import { MessageToolbar } from "./MessageToolbar.tsx";

const mine = message(1, 1, { author: me });

const may = (bits: string) =>
	act(() =>
		store.setState({ channelPermissions: { [mine.channel_id]: bits } }),
	);

beforeEach(() => {
	const session = { status: "signed_in", me } as const;
	store.setState({
		...initialState,
		session: { ...session, sessionId: "1", isCached: false },
	});
});

it("offers to change a message for as long as its author may write", () => {
	render(<MessageToolbar message={mine} isHot={true} />);
	const names = () =>
		screen.getAllByRole("button").map((it) => it.getAttribute("aria-label"));
	expect(names()).toContain("Edit");
	may("66560");
	expect(names()).not.toContain("Edit");
	expect(names()).toContain("Delete message");
	may("68609");
	expect(names()).toContain("Edit");
});

it.each([
	["Edit", me],
	["Delete message", bo],
])(
	"leaves the row the focus when the right to press %s goes",
	(name, author) => {
		may("76859");
		render(
			<article tabIndex={-1}>
				<MessageToolbar message={{ ...mine, author }} isHot={true} />
			</article>,
		);
		screen.getByRole("button", { name }).focus();
		may("66560");
		expect(screen.queryByRole("button", { name })).toBeNull();
		expect(document.activeElement).toBe(screen.getByRole("article"));
	},
);
