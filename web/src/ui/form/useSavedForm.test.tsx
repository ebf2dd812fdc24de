import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import { goTo, Router, useLocation } from "@/lib/router.tsx";
import { DirtyBar } from "../DirtyBar.tsx";
import { DialogHost } from "../dialogs.tsx";
import { Field } from "../Field.tsx";
import { useSavedForm } from "./useSavedForm.ts";

type Values = { name: string; topic: string };

const send = vi.fn<(values: Values) => Promise<void>>();

type Props = { saved: Values; refresh?: () => Promise<Values> };

function Page({ saved, refresh = async () => saved }: Props) {
	const { pathname } = useLocation();
	const form = useSavedForm({ saved, refresh, submit: send });
	if (pathname !== "/settings") return <output>{pathname}</output>;
	return (
		<form {...form.form}>
			<Field label="Name" {...form.field("name")} />
			<Field label="Topic" {...form.field("topic")} />
			<DirtyBar form={form} labels={{ name: "Name", topic: "Topic" }} />
		</form>
	);
}

function page(saved: Values, refresh?: Props["refresh"]) {
	return (
		<>
			<Router>
				<Page saved={saved} {...(refresh ? { refresh } : {})} />
			</Router>
			<DialogHost />
		</>
	);
}

const field = (name: string) =>
	screen.getByLabelText(name, { selector: "input" });
const press = (name: string) =>
	userEvent.click(screen.getByRole("button", { name }));
const oak = { name: "Oak", topic: "Shade" };

beforeEach(() => {
	// A browser has it, jsdom does not.
	Element.prototype.scrollIntoView = () => {};
	history.replaceState(null, "", "/settings");
	send.mockReset().mockResolvedValue();
});
afterEach(cleanup);

it("keeps what was typed where it has to wait, and says for how long", async () => {
	send.mockRejectedValue(
		new ApiError({ code: "rate_limited", retryAfterMs: 240_000 }),
	);
	render(page(oak));
	await userEvent.type(field("Name"), " tree");
	await press("Save");
	const button = await screen.findByRole("button", { name: /4 min/ });
	expect(button).toHaveProperty("disabled", true);
	expect(field("Name")).toHaveProperty("value", "Oak tree");
});

it("saves by Ctrl+S what was typed, without the space around it", async () => {
	render(page(oak));
	expect(screen.queryByText("Unsaved changes")).toBeNull();
	await userEvent.type(field("Name"), " tree ");
	await userEvent.keyboard("{Control>}s{/Control}");
	expect(send).toHaveBeenCalledExactlyOnceWith({
		name: "Oak tree",
		topic: "Shade",
	});
	await expect.poll(() => screen.queryByText("Unsaved changes")).toBeNull();
});

it("follows a change elsewhere, and keeps my own", async () => {
	const { rerender } = render(page(oak));
	await userEvent.type(field("Name"), "!");
	rerender(page({ name: "Oak", topic: "Rain" }));
	expect(field("Topic")).toHaveProperty("value", "Rain");
	expect(field("Name")).toHaveProperty("value", "Oak!");
	expect(screen.queryByText(/meanwhile/)).toBeNull();
});

it("sends nothing over a change elsewhere until I choose", async () => {
	const { rerender } = render(page(oak));
	await userEvent.type(field("Name"), "!");
	rerender(page({ name: "Palm", topic: "Shade" }));
	expect(screen.getByRole("group", { name: "Name" })).toBeDefined();
	await userEvent.keyboard("{Control>}s{/Control}{Enter}");
	expect(send).not.toHaveBeenCalled();
	await press("Yours: Oak!");
	await press("Save");
	expect(send).toHaveBeenCalledExactlyOnceWith({
		name: "Oak!",
		topic: "Shade",
	});
});

it("asks what is saved now, and sends nothing over what this device had not heard of", async () => {
	render(page(oak, async () => ({ name: "Palm", topic: "Shade" })));
	await userEvent.type(field("Name"), "!");
	await press("Save");
	expect(send).not.toHaveBeenCalled();
});

it("does not put back what others have changed in a field I left alone", async () => {
	render(page(oak, async () => ({ name: "Oak", topic: "Rain" })));
	await userEvent.type(field("Name"), "!");
	await press("Save");
	expect(send).toHaveBeenCalledExactlyOnceWith({ name: "Oak!", topic: "Rain" });
});

it("takes theirs when I say so, and has nothing left to save", async () => {
	const { rerender } = render(page(oak));
	await userEvent.type(field("Name"), "!");
	rerender(page({ name: "Palm", topic: "Shade" }));
	await press("Theirs: Palm");
	expect(field("Name")).toHaveProperty("value", "Palm");
	expect(screen.queryByText("Unsaved changes")).toBeNull();
});

it.each([
	["a link or key", () => goTo("/elsewhere")],
	["the history", () => goTo(-1)],
])("asks before it is left by %s", async (_way, leave) => {
	history.replaceState(null, "", "/elsewhere");
	history.pushState(null, "", "/settings");
	render(page(oak));
	await userEvent.type(field("Name"), "!");
	leave();
	await screen.findByRole("alertdialog");
	expect(location.pathname).toBe("/settings");
	await press("Keep editing");
	expect(field("Name")).toHaveProperty("value", "Oak!");
	leave();
	await screen.findByRole("alertdialog");
	await press("Discard");
	await expect.poll(() => screen.queryByText("/elsewhere")).not.toBeNull();
	expect(screen.queryByRole("alertdialog")).toBeNull();
});
