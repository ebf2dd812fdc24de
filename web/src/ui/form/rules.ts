/** What can be known of a field before the hub is asked. The hub alone decides. */
import { limits } from "@/api/limits.ts";
import type { Catalog } from "@/i18n/index.ts";

const USERNAME = /^[a-z0-9_.-]*$/u;
const USERNAME_ENDS = /^[a-z0-9].*[a-z0-9]$/u;

/** What does not fit, and how it would: the rule as a whole gives way to it in the form. */
export function usernameFault(t: Catalog, value: string): string | undefined {
	const name = value.trim().toLowerCase();
	if (name === "") return t.auth.required;
	if (!USERNAME.test(name)) return t.auth.usernameFault.characters;
	if (
		name.length < limits.usernameCharsMin ||
		name.length > limits.usernameCharsMax
	)
		return t.auth.usernameFault.length;
	return USERNAME_ENDS.test(name) ? undefined : t.auth.usernameFault.ends;
}

export function passwordFault(t: Catalog, value: string): string | undefined {
	if (value === "") return t.auth.required;
	const missing = limits.passwordCharsMin - [...value].length;
	return missing > 0 ? t.auth.passwordShort(missing) : undefined;
}

export function emailFault(t: Catalog, value: string): string | undefined {
	const email = value.trim();
	if (email === "") return undefined;
	return /^[^\s@]+@[^\s@]+$/u.test(email) ? undefined : t.auth.emailFault;
}

export function requiredFault(t: Catalog, value: string): string | undefined {
	return value.trim() === "" ? t.auth.required : undefined;
}
