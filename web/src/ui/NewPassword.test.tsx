import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { NewPassword } from "./NewPassword.tsx";

afterEach(cleanup);

it("says how strong a password is, unless it is refused", () => {
	const field = {
		label: "Password",
		value: "qwertyuiop12",
		onChange: () => {},
	};
	const { rerender } = render(<NewPassword {...field} />);
	expect(screen.getByText(/Strength/)).toBeTruthy();
	rerender(<NewPassword {...field} error="Too many people use this." />);
	expect(screen.queryByText(/Strength/)).toBeNull();
});
