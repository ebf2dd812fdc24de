import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import { useRef } from "react";
import {
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	expect,
	it,
	vi,
} from "vitest";
import type { MessagePage } from "@/api/types.ts";
import { formats, loadHubTexts } from "@/i18n/index.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import type { TimelineRow } from "@/stores/index.ts";
import { fillPorts, type Ports } from "@/stores/ports.ts";
import { type Entry, initialState } from "@/stores/state.ts";
import { dispatch, dispatchLocal, store } from "@/stores/store.ts";
import { useToasts } from "@/ui/toasts.ts";
import {
	channelId,
	connected,
	message,
} from "../../../tests/support/samples.ts";
import { NewSinceBar } from "./NewSinceBar.tsx";
import { useJump } from "./useJump.ts";

beforeAll(loadHubTexts);
afterEach(cleanup);

const HOUR = 3_600_000;
const now = Date.now();
/** An id that was made so many hours ago. */
const idAgo = (hours: number) =>
	String(BigInt(now - hours * HOUR - Date.UTC(2015, 0, 1)) << 22n);

const [read, marked, newest] = [idAgo(20 * 24), idAgo(15 * 24), idAgo(1)];
const entry: Entry = {
	channelId,
	lastReadId: read,
	unread: 0,
	at: 0,
	isHeld: true,
};
const divider: TimelineRow = { kind: "unread", key: "unread", count: 0 };
const day: TimelineRow = { kind: "day", key: "day", at: 0 };
const row = (id: string): TimelineRow => {
	return { kind: "message", key: id, id, isGrouped: false };
};

function show(over: Partial<Entry>, rows: TimelineRow[]): void {
	const state = applyBatch(
		initialState,
		connected(2, newest, { id: read, rev: 1 }),
	);
	const ui = { ...state.ui, entry: { ...entry, ...over } };
	store.setState({ ...state, ui }, true);
	render(<Pane rows={rows} />);
}

const led = vi.fn();

function Pane({ rows }: { rows: TimelineRow[] }) {
	const pane = useRef<HTMLDivElement>(null);
	const jumps = useJump(channelId, pane);
	return (
		<div ref={pane} data-testid="pane">
			<NewSinceBar
				channelId={channelId}
				jumps={jumps}
				rows={rows}
				isDividerAbove={true}
				isPast={true}
				onLed={led}
			/>
		</div>
	);
}

function bar(over: Partial<Entry>, rows: TimelineRow[]): string {
	show(over, rows);
	const text = screen.getByText(/since|new messages/i).textContent ?? "";
	cleanup();
	return text;
}

const whenOf = (days: number) => formats("en").dateTime(now - days * 24 * HOUR);

it("tells since when a mark is held by the message that was marked", () => {
	const rows = [row(read), divider, day, row(marked), row(newest)];
	expect(bar({}, rows)).toBe(`Kept unread since ${whenOf(15)}`);
	// Also where it is not loaded.
	const text = bar({ markedId: marked }, [row(newest)]);
	expect(text).toBe(`Kept unread since ${whenOf(15)}`);
});

it("tells since when there is news by what was read last", () => {
	const text = bar({ isHeld: false, unread: 243 }, [row(newest)]);
	expect(text).toBe(`243 new since ${whenOf(20)}`);
});

it("tells how much is new where nothing was ever read, and not since when", () => {
	const never = { isHeld: false, lastReadId: null };
	expect(bar({ ...never, unread: 243 }, [row(newest)])).toBe(
		"243 new messages",
	);
	expect(bar(never, [row(newest)])).toBe("New messages");
});

it("jumps to the beginning where nothing was ever read, and says when it cannot", async () => {
	const page = vi.fn(async (_: string, _query: { after: string }) => {
		throw new Error("refused");
	});
	fillPorts({ api: { messages: { page } } } as unknown as Ports);
	show({ isHeld: false, lastReadId: null }, [row(newest)]);
	await act(async () => fireEvent.click(screen.getByText("Jump")));
	const after = page.mock.calls[0]?.[1].after ?? "";
	expect(after).toMatch(idPattern());
	expect(useToasts.getState().shown).toMatchObject([{ tone: "error" }]);
});

describe("a jump that has to load something", () => {
	let arrive: (page: MessagePage) => void;
	const page = vi.fn();
	const jump = () => fireEvent.click(screen.getByText("Jump"));
	const isBusy = () =>
		screen.getByText("Jump").closest("[aria-busy=true]") !== null;
	const come = () =>
		act(async () =>
			arrive({
				items: [{ ...message(1, 1), id: read }],
				has_older: false,
				has_newer: true,
			}),
		);

	beforeEach(() => {
		led.mockReset();
		page.mockReset();
		page.mockImplementation(
			() => new Promise<MessagePage>((answer) => (arrive = answer)),
		);
		fillPorts({ api: { messages: { page } } } as unknown as Ports);
		show({ isHeld: false }, [row(newest)]);
		act(bringWindow);
	});

	it("shows that it is under way until it is there, and is not begun twice", async () => {
		jump();
		jump();
		expect(page).toHaveBeenCalledTimes(1);
		expect(isBusy()).toBe(true);
		expect(led).not.toHaveBeenCalled();
		await come();
		expect(isBusy()).toBe(false);
		expect(led).toHaveBeenCalledTimes(1);
		expect(store.getState().ui.jump).toMatchObject({ messageId: read });
	});

	it.each([
		["scrolled", () => fireEvent.wheel(screen.getByTestId("pane"))],
		["gone elsewhere", cleanup],
	])("goes nowhere for whoever has %s meanwhile", async (_, leave) => {
		jump();
		await act(async () => leave());
		await come();
		const { ui, timelines } = store.getState();
		expect(led).not.toHaveBeenCalled();
		expect(ui.jump).toBeNull();
		expect(timelines[channelId]?.ids).toEqual(["2"]);
	});

	it("can be asked for again by whoever has left it", async () => {
		jump();
		fireEvent.wheel(screen.getByTestId("pane"));
		expect(isBusy()).toBe(false);
		jump();
		expect(page).toHaveBeenCalledTimes(2);
		await come();
		expect(store.getState().ui.jump).toMatchObject({ messageId: read });
	});
});

/** Something of the channel is shown. */
function bringWindow(): void {
	const items = [message(2, 1)];
	const page = { items, has_older: true, has_newer: false };
	dispatchLocal({ do: "load_started", channelId, part: "whole" });
	dispatch({
		kind: "page",
		page: { of: "messages", channelId, part: "newest", anchor: null, page },
	});
}

/** What the contract takes for the id of a message. */
function idPattern(): RegExp {
	const path = join(import.meta.dirname, "../../../../contract/openapi.json");
	const contract = JSON.parse(readFileSync(path, "utf8"));
	return new RegExp(contract.components.schemas.MessageId.pattern);
}
