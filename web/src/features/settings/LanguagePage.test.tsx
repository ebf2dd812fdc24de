import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useToasts } from "@/ui/toasts.ts";
import { LanguagePage } from "./LanguagePage.tsx";

const setLocale = vi.hoisted(() => vi.fn<() => Promise<boolean>>());
vi.mock(import("@/i18n/index.ts"), async (original) => ({
	...(await original()),
	setLocale,
}));

it("says so where the words of a language do not come, until they do", async () => {
	setLocale.mockRejectedValueOnce(new TypeError("Failed to fetch"));
	render(<LanguagePage />);
	const choice = screen.getByRole("radio", { name: "বাংলা" });
	const shown = () => useToasts.getState().shown;
	await userEvent.click(choice);
	await expect.poll(shown).toHaveLength(1);
	// Another one was chosen before this one came.
	setLocale.mockResolvedValueOnce(false);
	await userEvent.click(choice);
	await setLocale.mock.results[1]?.value;
	expect(shown()).toHaveLength(1);
	setLocale.mockResolvedValueOnce(true);
	await userEvent.click(choice);
	await expect.poll(shown).toEqual([]);
});
