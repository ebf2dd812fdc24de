import { afterEach, expect, it } from "vitest";
import { isFar, isTaken, mayBegin, wayOf } from "./swipe.ts";

const from = { x: 200, y: 300 };

afterEach(() => document.body.replaceChildren());

it("leaves the edges to the system", () => {
	expect(mayBegin({ x: 23, y: 0 }, 390)).toBe(false);
	expect(mayBegin({ x: 24, y: 0 }, 390)).toBe(true);
	expect(mayBegin({ x: 380, y: 0 }, 390)).toBe(false);
});

it("is told from scrolling by its steepness, and turned round in right-to-left", () => {
	expect(wayOf(from, { x: 290, y: 310 }, false)).toBe("back");
	expect(wayOf(from, { x: 110, y: 310 }, false)).toBe("forth");
	expect(wayOf(from, { x: 290, y: 310 }, true)).toBe("forth");
	expect(wayOf(from, { x: 290, y: 360 }, false)).toBeUndefined();
	expect(wayOf(from, { x: 205, y: 300 }, false)).toBeUndefined();
});

it("needs some way", () => {
	expect(isFar(from, { x: 271, y: 300 })).toBe(false);
	expect(isFar(from, { x: 272, y: 300 })).toBe(true);
});

it("leaves fields and what scrolls sideways alone", () => {
	const field = document.createElement("textarea");
	const code = document.createElement("pre");
	const word = document.createElement("span");
	code.style.overflowX = "auto";
	Object.defineProperty(code, "scrollWidth", { value: 900 });
	Object.defineProperty(code, "clientWidth", { value: 300 });
	code.append(word);
	document.body.append(field, code);
	expect(isTaken(field)).toBe(true);
	expect(isTaken(word)).toBe(true);
	expect(isTaken(document.body)).toBe(false);
});
