import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { LanguageLinks } from "./LanguageLinks.tsx";

const setLocale = vi.hoisted(() => vi.fn<() => Promise<boolean>>());
vi.mock(import("@/i18n/index.ts"), async (original) => ({
	...(await original()),
	setLocale,
}));

it("says so where the words of a language do not come, until they do", async () => {
	setLocale.mockRejectedValueOnce(new TypeError("Failed to fetch"));
	render(<LanguageLinks />);
	const choice = screen.getByRole("button", { name: "বাংলা" });
	await userEvent.click(choice);
	const alert = await screen.findByRole("alert");
	expect(alert.textContent).toBe("That could not be loaded. Try again.");
	setLocale.mockResolvedValueOnce(true);
	await userEvent.click(choice);
	await expect.poll(() => screen.queryByRole("alert")).toBeNull();
});
