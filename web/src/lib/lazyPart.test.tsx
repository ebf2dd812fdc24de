import { fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { expect, it, vi } from "vitest";
import { PageBoundary } from "@/app/PageBoundary.tsx";
import { lazyPart } from "./lazyPart.ts";

it("asks again for code that did not come, and shows it when it does", async () => {
	vi.spyOn(console, "error").mockImplementation(() => {});
	const load = vi
		.fn<() => Promise<{ default: () => string }>>()
		.mockRejectedValueOnce(new TypeError("Failed to fetch"))
		.mockResolvedValue({ default: () => "the page" });
	const Page = lazyPart(load);
	render(
		<Suspense>
			<PageBoundary resetKey="/">
				<Page />
			</PageBoundary>
		</Suspense>,
	);
	fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
	expect(await screen.findByText("the page")).toBeTruthy();
	expect(load).toHaveBeenCalledTimes(2);
});
