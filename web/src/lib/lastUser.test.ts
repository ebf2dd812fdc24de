// Of whom nothing may stay on this device, where its storage takes nothing for a while.
import { afterEach, expect, it, vi } from "vitest";
import { noteUnwanted, noteWanted, unwantedUsers } from "./lastUser.ts";

afterEach(() => {
	vi.restoreAllMocks();
	localStorage.clear();
});

function refusing(act: () => void): void {
	const refuse = () => {
		throw new DOMException("full", "QuotaExceededError");
	};
	const ways = (["setItem", "removeItem"] as const).map((way) =>
		vi.spyOn(Storage.prototype, way).mockImplementation(refuse),
	);
	act();
	for (const way of ways) way.mockRestore();
}

it("forgets nobody whom another tab has noted meanwhile", () => {
	refusing(() => noteUnwanted("1"));
	expect(unwantedUsers()).toEqual(["1"]);
	localStorage.setItem("battala.user.unwanted", "2");
	expect(unwantedUsers().sort()).toEqual(["1", "2"]);
	noteUnwanted("3");
	expect(unwantedUsers().sort()).toEqual(["1", "2", "3"]);
	const written = localStorage.getItem("battala.user.unwanted") ?? "";
	expect(written.split(",").sort()).toEqual(["1", "2", "3"]);
	for (const id of ["1", "2", "3"]) noteWanted(id);
});

it("wants nobody's words removed again that are, though that is not written down", () => {
	noteUnwanted("1");
	refusing(() => noteWanted("1"));
	expect(unwantedUsers()).toEqual([]);
	noteUnwanted("2");
	expect(localStorage.getItem("battala.user.unwanted")).toBe("2");
	noteWanted("2");
});
