import { limits } from "@/api/limits.ts";

/** 0 to 3. Length counts most; variety of letters a little. */
export function strengthOf(password: string): 0 | 1 | 2 | 3 {
	const length = [...password].length;
	const variety = new Set(password.toLowerCase()).size;
	if (length < limits.passwordCharsMin || variety < 5) return 0;
	const score = length + (variety >= 10 ? 3 : 0);
	if (score < 14) return 1;
	return score < 20 ? 2 : 3;
}
