import { act, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { me, message } from "../../../tests/support/samples.ts";
import { MessageToolbar } from "./MessageToolbar.tsx";

const mine = message(1, 1, { author: me });

it("offers to change a message for as long as its author may write", () => {
	const session = { status: "signed_in", me } as const;
	store.setState({
		...initialState,
		session: { ...session, sessionId: "1", isCached: false },
	});
	render(<MessageToolbar message={mine} isHot={true} />);
	const names = () =>
		screen.getAllByRole("button").map((it) => it.getAttribute("aria-label"));
	const may = (bits: string) =>
		act(() =>
			store.setState({ channelPermissions: { [mine.channel_id]: bits } }),
		);
	expect(names()).toContain("Edit");
	may("66560");
	expect(names()).not.toContain("Edit");
	expect(names()).toContain("Delete message");
	may("68609");
	expect(names()).toContain("Edit");
});
