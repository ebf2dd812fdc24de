import { expect, it } from "vitest";
import { isPage, isRare } from "./routes.ts";

it("never answers for the hub's own addresses", () => {
	for (const path of [
		"/api/auth/refresh",
		"/api",
		"/api/docs",
		"/socket.io/",
		"/healthz",
		"/readyz",
		"/assets/gone",
		"/icon.svg",
	]) {
		expect(isPage(path), path).toBe(false);
		expect(isRare(path), path).toBe(false);
	}
});

it("draws the client's places", () => {
	for (const path of ["/", "/app", "/app/s/1/2", "/login", "/invite/AbC"])
		expect(isPage(path), path).toBe(true);
});

it("keeps fonts on use, and no code", () => {
	expect(isRare("/assets/noto-sans-bengali-1.woff2")).toBe(true);
	expect(isRare("/assets/Hub-1.js")).toBe(false);
});
