import { expect, it } from "vitest";
import { limits } from "@/api/limits.ts";
import { t } from "@/i18n/index.ts";
import { passwordFault, usernameFault } from "./rules.ts";

it("says of a name what does not fit, and nothing of what does", () => {
	const { usernameFault: faults } = t().auth;
	const fault = (name: string) => usernameFault(t(), name);
	for (const good of ["ab", "Asha_1", "a.b-c", " asha "])
		expect(fault(good), good).toBeUndefined();
	expect(fault("Babu Das")).toBe(faults.characters);
	expect(fault("বাবু")).toBe(faults.characters);
	expect(fault("a")).toBe(faults.length);
	expect(fault("a".repeat(limits.usernameCharsMax + 1))).toBe(faults.length);
	expect(fault("-asha")).toBe(faults.ends);
	expect(fault("asha.")).toBe(faults.ends);
});

it("says of a password how much is missing, and of what", () => {
	expect(limits.passwordCharsMin).toBe(10);
	expect(passwordFault(t(), "12345678")).toBe("At least 10: 2 more");
});
