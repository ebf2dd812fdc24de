import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { limits } from "@/api/limits.ts";
import { Counter } from "./Counter.tsx";

afterEach(cleanup);

it("tells the limit to who is over it", () => {
	render(<Counter length={limits.messageCharsMax + 1} />);
	expect(screen.getByRole("alert").textContent).toBe(
		"1 character too long · at most 4,000",
	);
});
