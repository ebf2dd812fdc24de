import { act, fireEvent, screen } from "@testing-library/react";
import { expect, it, onTestFinished, vi } from "vitest";
import { forgetAll } from "@/lib/forget.ts";
import { saidNow, wait } from "../../tests/support/notices.tsx";
import { toast, useToasts } from "./toasts.ts";

const show = (text: string, tone: "info" | "error" = "info") =>
	act(() => toast(text, { tone, action: { label: "Undo", run: () => {} } }));
const dismissers = () => screen.getAllByRole("button", { name: "Dismiss" });

it("leaves an error until it is dismissed, whatever else there is to say", () => {
	show("No.", "error");
	for (const text of ["One.", "Two.", "Three.", "Four."]) show(text);
	wait(60_000);
	expect(screen.getByText("No.")).toBeTruthy();
	expect(dismissers()).toHaveLength(1);
	for (const text of ["Never.", "Not now.", "Not here."]) show(text, "error");
	expect(screen.queryByText("No.")).toBeNull();
	expect(dismissers()).toHaveLength(3);
});

it("keeps what has to be answered, however often it is said and whatever comes after it", () => {
	const answers: number[] = [];
	act(() => {
		for (let number = 0; number < 5; number += 1)
			toast("#doomed was deleted.", {
				stays: true,
				action: { label: "Copy", run: () => {} },
				onDismiss: () => answers.push(number),
			});
	});
	for (const text of ["Never.", "Not now.", "Not here."]) show(text, "error");
	expect(screen.getAllByText("#doomed was deleted.")).toHaveLength(5);
	for (const dismiss of dismissers()) act(() => fireEvent.click(dismiss));
	expect(answers).toEqual([0, 1, 2, 3, 4]);
});

it("moves up what is said again, in the log as well", () => {
	act(() => {
		for (const text of ["No.", "Never.", "No."]) toast(text, { tone: "error" });
	});
	const { log } = useToasts.getState();
	expect(saidNow()).toEqual(["Never.", "No."]);
	expect(log.map(({ text }) => text)).toEqual(["Never.", "No."]);
});

it("says nothing to one account that was meant for another", () => {
	show("#private was deleted.", "error");
	act(forgetAll);
	expect(screen.queryByText("#private was deleted.")).toBeNull();
	expect(useToasts.getState().log).toEqual([]);
});

it("takes a notice away after a while, and keeps it in the log", () => {
	show("No.");
	wait(9000);
	expect(screen.getByText("No.")).toBeTruthy();
	wait(2000);
	expect(screen.queryByText("No.")).toBeNull();
	expect(useToasts.getState().log.map(({ text }) => text)).toEqual(["No."]);
});

it("keeps it while it has the focus, and no longer", () => {
	show("No.");
	show("Never.");
	act(() => dismissers()[0]?.focus());
	wait(60_000);
	expect(dismissers()).toHaveLength(2);
	// The one that is dismissed takes the focus with it.
	act(() => fireEvent.click(dismissers()[0] as HTMLElement));
	expect(dismissers()).toHaveLength(1);
	wait(11_000);
	expect(screen.queryByText("Never.")).toBeNull();
});

it("waits for somebody to look at the page", () => {
	const seen = vi.spyOn(document, "visibilityState", "get");
	seen.mockReturnValue("hidden");
	act(() => fireEvent(document, new Event("visibilitychange")));
	show("No.");
	wait(60_000);
	expect(screen.getByText("No.")).toBeTruthy();
	seen.mockReturnValue("visible");
	act(() => fireEvent(document, new Event("visibilitychange")));
	wait(11_000);
	expect(screen.queryByText("No.")).toBeNull();
});

it("gives the focus back to where it was when it is answered, else to the heading", () => {
	const field = document.createElement("textarea");
	const heading = document.createElement("h1");
	heading.tabIndex = -1;
	document.body.append(field, heading);
	onTestFinished(() => {
		field.remove();
		heading.remove();
	});
	show("No.");
	field.focus();
	act(() => dismissers()[0]?.focus());
	const focus = vi.spyOn(field, "focus");
	act(() => fireEvent.click(dismissers()[0] as HTMLElement));
	expect(document.activeElement).toBe(field);
	expect(focus, "it may be far away").toHaveBeenCalledExactlyOnceWith({
		preventScroll: true,
	});
	show("Never.");
	act(() => screen.getByRole("button", { name: "Undo" }).focus());
	field.remove();
	act(() => fireEvent.click(screen.getByRole("button", { name: "Undo" })));
	expect(document.activeElement).toBe(heading);
	show("Not now.");
	// Who was not there is sent nowhere.
	act(() => fireEvent.click(dismissers()[0] as HTMLElement));
	expect(document.activeElement).toBe(heading);
});
