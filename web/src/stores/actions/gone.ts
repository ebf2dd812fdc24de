/** What a hub refuses about an order because some of the list went in the meantime. */
import { ApiError } from "@/api/errors.ts";

/**
 * Which entries of the sent `list` the hub does not have any more, by their place in it. None when
 * it refused for another reason.
 */
export function goneFrom(error: unknown, list: string): ReadonlySet<number> {
	const places = new Set<number>();
	if (!(error instanceof ApiError)) return places;
	for (const { field, code } of error.fields) {
		const place = new RegExp(`^${list}\\[(\\d+)\\]`, "u").exec(field)?.[1];
		if (code === "gone" && place !== undefined) places.add(Number(place));
	}
	return places;
}
