import { describe, expect, it } from "vitest";
import { isMisleading } from "./misleading.ts";

const EVIL = "https://evil.example/";
const BANK = "https://bank.example/";

describe("a link whose text names another host", () => {
	it.each([
		["bank.example", EVIL],
		["https://bank.example", EVIL],
		["https://BANK.example/login", EVIL],
		["wait...bank.example", EVIL],
		// Letters of other scripts, which look the same or do not.
		["аррӏе.com", EVIL],
		["https://аррӏе.com", "https://apple.com/"],
		["bücher.example", EVIL],
		["банк.рф", EVIL],
		["ডটকম.বাংলা", EVIL],
		["https://банк.москва", EVIL],
		// Dots and letters of other widths, and marks that nobody sees.
		["apple．com", EVIL],
		["apple。com", EVIL],
		["apple｡com", EVIL],
		["аррӏе。com", EVIL],
		["ａｐｐｌｅ.com", EVIL],
		["ap\u200bple.com", EVIL],
		["apple\u00ad.com", EVIL],
		["apple.\u2060com", EVIL],
		// Not the first host alone.
		["evil.example → apple.com", EVIL],
		["evil.example/ apple.com", EVIL],
		["evil.example/→apple.com", EVIL],
		["evil.example, apple.com", EVIL],
		["https://apple.com@evil.example", EVIL],
		["请访问apple.com官网", EVIL],
		// Letters that look like what ends a host.
		["bank.comノevil.example", EVIL],
		["https://bank.comノevil.example", EVIL],
		["https://bank.com一evil.example", EVIL],
		["bank.com丶evil.example", EVIL],
		["bank.com官网evil.example", EVIL],
		["https://bankノevil.example", EVIL],
		// Hosts without a name.
		["192.0.2.7", EVIL],
		["http://192.0.2.7:8080/x", EVIL],
		["１９２.0.2.7", EVIL],
		["http://3221225991", EVIL],
		["http://[2001:db8::7]/", EVIL],
		["[::1]", EVIL],
		["2001:db8::7", EVIL],
		["http://router/", EVIL],
		["bank.example", "mailto:a@evil.example"],
	])("asks: %s → %s", (text, href) => {
		expect(isMisleading(text, href)).toBe(true);
	});

	it.each([
		["read this", EVIL],
		["bank.example", BANK],
		["www.bank.example", BANK],
		["bank.example", "https://www.bank.example/"],
		["https://BANK.example:443/a/b.cc?u=evil.example#x.yz", BANK],
		["https://ana@bank.example/", "https://ana@bank.example/"],
		["See bank.example, or https://bank.example/.", BANK],
		["bank.exampleএ", BANK],
		["bank.example-এ দেখুন", BANK],
		["请访问bank.example官网", BANK],
		["https://bn.bank.example/wiki/ঢাকা.x", "https://bn.bank.example/"],
		["bücher.example", "https://xn--bcher-kva.example/"],
		["xn--bcher-kva.example", "https://bücher.example/"],
		["ডটকম.বাংলা", "https://ডটকম.বাংলা/"],
		["192.0.2.7", "http://192.0.2.7:8080/"],
		["http://[2001:db8::7]/", "http://[2001:db8:0::7]/"],
		["http://localhost:3000/a", "http://localhost:3000/a"],
	])("does not ask where it leads there: %s → %s", (text, href) => {
		expect(isMisleading(text, href)).toBe(false);
	});

	it.each([
		"",
		"e.g. this, i.e. that",
		"bank.example and read file.txt",
		"3.14",
		"৩.১৪",
		"1.2.3",
		"v1.2.3.4",
		"1.2.3.4-beta",
		"999.1.2.3",
		"12:30:45",
		"[12:30:45:10]",
		"a::b",
		"std::fs::read",
		"আমি ভালো আছি।তুমি?",
		"আমি ভালো আছি। তুমি কেমন আছ?",
		"ড.ইউনূস ও মো.রহিম",
		"১.Rice ২.Dal",
		"привет.как дела",
		"谢谢。hello",
		"ありがとう。OK",
		"wait…what",
		"and/or @ana #haat",
	])("does not ask about words: %s", (text) => {
		expect(isMisleading(text, BANK)).toBe(false);
	});

	it("is done with a long text at once, however it could be divided", () => {
		for (const piece of [
			"a",
			"a.",
			".",
			"-",
			"а",
			"1.",
			":",
			"[",
			"://",
			"a/",
		]) {
			const text = `${piece.repeat(200_000 / piece.length)} `;
			const start = performance.now();
			isMisleading(text, BANK);
			expect(performance.now() - start).toBeLessThan(3000);
		}
	});
});
