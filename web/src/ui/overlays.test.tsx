import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import { forgetAll } from "@/lib/forget.ts";
import { lazyPart } from "@/lib/lazyPart.ts";
import { stubBrowser } from "../../tests/support/browser.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { Dialog } from "./Dialog.tsx";
import { DialogHost, openDialog } from "./dialogs.tsx";
import { Menu, MenuOutlet } from "./Menu.tsx";
import { loadMenuHost } from "./menuStore.ts";
import { hubReached } from "./reached.ts";

// What the positioning of menus asks of a browser and jsdom lacks.
beforeEach(() => {
	stubBrowser({ matches: false });
	Element.prototype.scrollIntoView = () => {};
	Element.prototype.hasPointerCapture = () => false;
});
afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
});

describe("a menu", () => {
	it("takes the arrows and gives the focus back", async () => {
		// Its code comes on demand; a slow machine must not fail the test for that.
		await loadMenuHost();
		const edit = vi.fn();
		render(
			<>
				<Menu
					label="Things"
					items={() => [
						{ kind: "action", label: "Copy", run: () => {} },
						{ kind: "action", label: "Edit", run: edit },
					]}
				>
					<button type="button">open</button>
				</Menu>
				<MenuOutlet />
			</>,
		);
		const button = screen.getByText("open");
		button.focus();
		await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
		expect(screen.queryByRole("menu")).toBeNull();
		await userEvent.keyboard("{ArrowDown}");
		await screen.findByRole("menu", { name: "Things" });
		await userEvent.keyboard("{Escape}");
		await expect.poll(() => screen.queryByRole("menu")).toBeNull();
		await expect.poll(() => document.activeElement).toBe(button);

		await userEvent.click(button);
		await userEvent.click(
			await screen.findByRole("menuitem", { name: "Edit" }),
		);
		expect(edit).toHaveBeenCalledOnce();
	});

	it("goes with the account that it was opened by", async () => {
		await loadMenuHost();
		render(
			<>
				<Menu
					label="Things"
					items={() => [{ kind: "action", label: "Copy", run: () => {} }]}
				>
					<button type="button">open</button>
				</Menu>
				<MenuOutlet />
			</>,
		);
		await userEvent.click(screen.getByText("open"));
		await screen.findByRole("menu", { name: "Things" });
		act(forgetAll);
		await expect.poll(() => screen.queryByRole("menu")).toBeNull();
	});
});

function Opener({ dirty }: { dirty: boolean }) {
	return (
		<>
			<button
				type="button"
				onClick={() =>
					openDialog((close) => (
						<Dialog title="Sheet" dirty={dirty} onClose={close}>
							<input aria-label="text" />
						</Dialog>
					))
				}
			>
				open
			</button>
			<DialogHost />
		</>
	);
}

function Sheet({ onClose }: { onClose: () => void }) {
	return (
		<Dialog title="Sheet" onClose={onClose}>
			<input aria-label="text" />
		</Dialog>
	);
}

/** A row that goes while the dialog it opened is there. */
function Channel() {
	const [hasRow, setHasRow] = useState(true);
	const open = () =>
		openDialog((close) => (
			<Dialog title="Sheet" onClose={close}>
				<button type="button" onClick={() => setHasRow(false)}>
					remove
				</button>
			</Dialog>
		));
	return (
		<>
			<h1 tabIndex={-1}>a channel</h1>
			{hasRow ? (
				<button type="button" onClick={open}>
					a row
				</button>
			) : null}
			<textarea id="composer" aria-label="write" />
			<DialogHost />
		</>
	);
}

describe("a dialog", () => {
	it("begins at its field, closes by Esc, and gives the focus back", async () => {
		render(<Opener dirty={false} />);
		await userEvent.click(screen.getByText("open"));
		expect(document.activeElement).toBe(screen.getByLabelText("text"));
		await userEvent.keyboard("{Escape}");
		expect(screen.queryByRole("dialog")).toBeNull();
		await expect
			.poll(() => document.activeElement)
			.toBe(screen.getByText("open"));
	});

	it("gives the focus to the composer when what opened it has gone", async () => {
		render(<Channel />);
		await userEvent.click(screen.getByText("a row"));
		await userEvent.click(screen.getByText("remove"));
		await userEvent.keyboard("{Escape}");
		await expect
			.poll(() => document.activeElement)
			.toBe(screen.getByLabelText("write"));
	});

	it("asks before it throws typed words away", async () => {
		render(<Opener dirty />);
		await userEvent.click(screen.getByText("open"));
		await userEvent.keyboard("{Escape}");
		const question = screen.getByText("Discard changes?");
		expect(question).toBeTruthy();
		await userEvent.click(screen.getByRole("button", { name: "Keep editing" }));
		expect(screen.getByRole("dialog")).toBeTruthy();
		await userEvent.keyboard("{Escape}");
		await userEvent.click(screen.getByRole("button", { name: "Discard" }));
		expect(screen.queryByRole("dialog")).toBeNull();
	});

	it("opens once, however often it is asked for before its code has come", async () => {
		let come = () => {};
		const code = new Promise<{ default: typeof Sheet }>((resolve) => {
			come = () => resolve({ default: Sheet });
		});
		const Late = lazyPart(() => code);
		render(<DialogHost />);
		const open = () =>
			act(() => openDialog((close) => <Late onClose={close} />));
		open();
		open();
		await act(async () => come());
		expect(await screen.findAllByText("Sheet")).toHaveLength(1);
		await userEvent.keyboard("{Escape}");
		expect(screen.queryByText("Sheet")).toBeNull();
	});

	it("goes with the account that it was opened by, unanswered", async () => {
		const onConfirm = vi.fn();
		render(<DialogHost />);
		act(() =>
			openDialog((onClose) => (
				<ConfirmDialog
					title="Delete this message?"
					consequence="gone"
					action="Delete"
					onConfirm={onConfirm}
					onClose={onClose}
				/>
			)),
		);
		expect(screen.getByText("Delete this message?")).toBeTruthy();
		act(forgetAll);
		expect(screen.queryByText("Delete this message?")).toBeNull();
		expect(onConfirm).not.toHaveBeenCalled();
	});

	it("stays and says why when what it confirms fails", async () => {
		const onClose = vi.fn();
		render(
			<ConfirmDialog
				title="Delete?"
				consequence="gone"
				action="Delete"
				onConfirm={() => Promise.reject(new Error("no"))}
				onClose={onClose}
			/>,
		);
		await userEvent.click(screen.getByRole("button", { name: "Delete" }));
		expect((await screen.findByRole("alert")).textContent).toContain("wrong");
		expect(onClose).not.toHaveBeenCalled();
	});

	it("says that the hub cannot be reached until it can", async () => {
		render(
			<ConfirmDialog
				title="Delete?"
				consequence="gone"
				action="Delete"
				onConfirm={() => Promise.reject(new ApiError({ code: "network" }))}
				onClose={() => {}}
			/>,
		);
		await userEvent.click(screen.getByRole("button", { name: "Delete" }));
		await screen.findByText("The hub cannot be reached.");
		act(hubReached);
		expect(screen.queryByRole("alert")).toBeNull();
	});
});
