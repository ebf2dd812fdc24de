import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import {
	afterEach,
	beforeEach,
	describe,
	expect,
	it,
	onTestFinished,
	vi,
} from "vitest";
import { ApiError, errorOfResponse } from "@/api/errors.ts";
import { askWhatAils } from "@/i18n/index.ts";
import { Field } from "../Field.tsx";
import { hubReached } from "../reached.ts";
import { FormFault, Submit } from "./Submit.tsx";
import { useForm } from "./useForm.ts";

const send = vi.fn<(values: Record<string, string>) => Promise<void>>();

function Form() {
	const form = useForm({
		initial: { name: "", topic: "" },
		validate: ({ name }) => ({ name: name ? undefined : "needed" }),
		submit: send,
	});
	return (
		<form {...form.form}>
			<Field label="Name" {...form.field("name")} />
			<Field label="Topic" {...form.field("topic")} />
			<FormFault text={form.failure} />
			<Submit busy={form.busy} waitSeconds={form.waitSeconds}>
				Go
			</Submit>
		</form>
	);
}

const field = (name: string) => screen.getByLabelText(name);

beforeEach(() => {
	send.mockReset();
});
afterEach(() => {
	cleanup();
	vi.useRealTimers();
});

describe("a form", () => {
	it("says nothing while one first types, and at the field when one sends", async () => {
		render(<Form />);
		await userEvent.click(screen.getByText("Go"));
		expect(send).not.toHaveBeenCalled();
		expect(document.activeElement).toBe(field("Name"));
		expect(field("Name")).toHaveProperty("ariaInvalid", "true");
		await userEvent.keyboard("x");
		expect(field("Name").getAttribute("aria-invalid")).toBeNull();
	});

	it("puts the hub's refusal on its field, in words, and keeps what was typed", async () => {
		send.mockRejectedValue(
			new ApiError({
				code: "invalid_input",
				fields: [{ field: "topic", code: "too_long", message: "", limit: 5 }],
			}),
		);
		render(<Form />);
		await userEvent.type(field("Name"), "here");
		await userEvent.type(field("Topic"), "everything");
		await userEvent.keyboard("{Enter}");
		await expect.poll(() => document.activeElement).toBe(field("Topic"));
		const described = field("Topic").getAttribute("aria-describedby") ?? "";
		expect(document.getElementById(described)?.textContent).toBe(
			"At most 5 characters.",
		);
		expect(field("Topic")).toHaveProperty("value", "everything");
		expect(screen.queryByText(/Something in the form/)).toBeNull();
	});

	it.each(["network", "gateway"])(
		"says that the hub cannot be reached (%s) until it can",
		async (code) => {
			send.mockRejectedValue(new ApiError({ code }));
			render(<Form />);
			await userEvent.type(field("Name"), "here{Enter}");
			await screen.findByText(/hub cannot be reached/);
			act(hubReached);
			expect(screen.queryByText(/hub cannot be reached/)).toBeNull();
			send.mockRejectedValue(new ApiError({ code: "forbidden" }));
			await userEvent.click(screen.getByText("Go"));
			await screen.findByText(/not allowed/);
			act(hubReached);
			expect(screen.getByText(/not allowed/)).toBeTruthy();
		},
	);

	it("counts a rate limit down on its button and sends nothing meanwhile", async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
		send.mockRejectedValue(
			new ApiError({ code: "rate_limited", retryAfterMs: 2000 }),
		);
		render(<Form />);
		await user.type(field("Name"), "here{Enter}");
		const button = await screen.findByRole("button", { name: /2 s/ });
		expect(button).toHaveProperty("disabled", true);
		await user.type(field("Name"), "{Enter}");
		expect(send).toHaveBeenCalledTimes(1);
		await vi.advanceTimersByTimeAsync(2100);
		expect(screen.getByRole("button", { name: "Go" })).toHaveProperty(
			"disabled",
			false,
		);
	});

	it("says at its field what a rate limit is of, as long as it counts down", async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
		send.mockRejectedValue(
			new ApiError({
				code: "rate_limited",
				retryAfterMs: 240_000,
				fields: [{ field: "name", code: "too_often", message: "" }],
			}),
		);
		render(<Form />);
		await user.type(field("Name"), "here{Enter}");
		await screen.findByRole("button", { name: /4 min/ });
		expect(screen.getByText(/changed too often/)).toBeTruthy();
		expect(document.activeElement).toBe(field("Name"));
		expect(field("Name")).toHaveProperty("value", "here");
		expect(screen.getByRole("alert").textContent).toBe("");
		await vi.advanceTimersByTimeAsync(241_000);
		await screen.findByRole("button", { name: "Go" });
		expect(screen.queryByText(/changed too often/)).toBeNull();
		expect(field("Name")).toHaveProperty("value", "here");
	});

	it("sends again by itself what a busy hub did not take, and keeps what was typed", async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
		const busy = new ApiError({ code: "unavailable", retryAfterMs: 1000 });
		send.mockRejectedValueOnce(busy).mockRejectedValueOnce(busy);
		send.mockResolvedValue();
		render(<Form />);
		await user.type(field("Name"), "here{Enter}");
		expect((await screen.findByRole("alert")).textContent).toMatch(/busy/);
		await vi.advanceTimersByTimeAsync(6000);
		expect(send).toHaveBeenCalledTimes(3);
		await expect.poll(() => screen.getByRole("alert").textContent).toBe("");
		expect(field("Name")).toHaveProperty("value", "here");
	});

	it("asks a hub that stays busy only a few times, and not for who has left", async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
		send.mockRejectedValue(
			new ApiError({ code: "unavailable", retryAfterMs: 1000 }),
		);
		render(<Form />);
		await user.type(field("Name"), "here{Enter}");
		await vi.advanceTimersByTimeAsync(120_000);
		expect(send).toHaveBeenCalledTimes(6);
		await user.type(field("Name"), "{Enter}");
		const before = send.mock.calls.length;
		cleanup();
		await vi.advanceTimersByTimeAsync(120_000);
		expect(send).toHaveBeenCalledTimes(before);
	});

	it("goes on saying why it gave up, after the wait of its button is over", async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
		send.mockRejectedValue(
			new ApiError({ code: "unavailable", retryAfterMs: 1000 }),
		);
		render(<Form />);
		await user.type(field("Name"), "here{Enter}");
		await vi.advanceTimersByTimeAsync(120_000);
		expect(send).toHaveBeenCalledTimes(6);
		await screen.findByRole("button", { name: /1 s/ });
		await vi.advanceTimersByTimeAsync(2000);
		await screen.findByRole("button", { name: "Go" });
		expect(screen.getByRole("alert").textContent).toMatch(/Try again shortly/);
	});

	it("says what ails the hub, where that is known, while it asks again", async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
		askWhatAils(() => "database");
		onTestFinished(() => askWhatAils(() => null));
		send.mockRejectedValue(
			new ApiError({ code: "unavailable", retryAfterMs: 1000 }),
		);
		render(<Form />);
		await user.type(field("Name"), "here{Enter}");
		const said = () => screen.getByRole("alert").textContent;
		await expect.poll(said).toMatch(/cannot store .* sent again by itself/);
		await vi.advanceTimersByTimeAsync(120_000);
		await expect.poll(said).toMatch(/cannot store .* Try again later/);
	});

	it("repeats nothing that something between the hub and here may have let through", async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
		send.mockRejectedValue(
			errorOfResponse(503, undefined, new Headers({ "retry-after": "1" })),
		);
		render(<Form />);
		await user.type(field("Name"), "here{Enter}");
		await vi.advanceTimersByTimeAsync(60_000);
		expect(send).toHaveBeenCalledTimes(1);
	});
});
