/**
 * Whether a link says that it leads elsewhere than it does. Every host that its text names counts,
 * as browsers would read it: in any script and width, with marks that nobody sees, or as a number.
 * What looks like a host and is a word is let pass. Each letter is looked at a fixed number of times.
 */

/** Letters, digits and what joins them to hosts, as far as they go. */
const RUN = /[\p{L}\p{M}\p{N}_.-]+/gu;

/** What follows a host in an address, and names no other one. */
const REST = /(?::\d*)?(?:[/?#][\p{L}\p{M}\p{N}\-._~%!$&'()*+,;=:@/?#]*)?/uy;

const NUMBERED =
	/\[[\da-f:.]{2,45}\]|(?<![\p{L}\p{N}:.])[\da-f]{0,4}(?::[\da-f]{0,4}){3,8}(?![\p{L}\p{N}:.])/giu;

/** Scripts that put no space between words, nor between a sentence's end and what follows. */
const UNSPACED =
	"\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const WIDE_DOT = new RegExp(`(?<![${UNSPACED}])。`, "gu");
/** Words before the first label of a host: whatever has a full stop before it is a host as well. */
const AFTER_UNSPACED = new RegExp(`^[^.]*[${UNSPACED}]`, "u");

const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;

/** The last part of a host, which letters of another script may follow: *in example.org* is one word elsewhere. */
const LAST = /^(?:xn--[a-z\d-]+|[a-z]{2,})/iu;

/** Last parts in other scripts: those of countries. Any word may follow a full stop. */
const OTHER_LASTS = new Set(
	"বাংলা ভারত ভাৰত भारत भारतम् भारोत ಭಾರತ ഭാരതം ଭାରତ ਭਾਰਤ ભારત భారత్ இந்தியா இலங்கை சிங்கப்பூர் ලංකා бг бел ею қаз мкд мон рф срб укр ελ ευ հայ გე 中国 中國 台湾 台灣 香港 澳门 澳門 新加坡 한국 ไทย ລາວ ישראל ایران پاکستان پاكستان بھارت ڀارت بارت السعودية امارات مصر عمان الاردن الجزائر المغرب تونس سودان سورية سوريا عراق فلسطين قطر مليسيا موريتانيا اليمن البحرين".split(
		" ",
	),
);

/** Ends of the names of files that no host has. */
const FILES = new Set(
	"txt pdf doc docx xls xlsx ppt pptx odt ods odp csv json xml yaml yml toml html htm css js jsx tsx png jpg jpeg gif webp svg mp3 mp4 wav ogg webm exe iso".split(
		" ",
	),
);

/** Whether a masked link's text names another host than the one it leads to. */
export function isMisleading(text: string, href: string): boolean {
	const host = withoutWww(new URL(href).hostname);
	const shown = text
		.normalize("NFKC")
		.replace(UNSEEN, "")
		.replace(WIDE_DOT, ".");
	for (const named of hostsIn(shown)) if (!isSame(named, host)) return true;
	return false;
}

/** A host, and whether a word may stand directly before it. */
type Named = { host: string; isBare: boolean };

function* hostsIn(text: string): Generator<Named> {
	for (const [found] of text.matchAll(NUMBERED)) {
		const address = found.startsWith("[") ? found : `[${found}]`;
		if (hostOf(address)) yield { host: address, isBare: false };
	}
	const runs = new RegExp(RUN);
	for (let run = runs.exec(text); run; run = runs.exec(text)) {
		const [found] = run;
		const end = run.index + found.length;
		const isAddress =
			text.startsWith("://", run.index - 3) && text.charAt(end) !== "@";
		const hosts = isAddress
			? [found.replace(/\.+$/u, "")]
			: found.split(/\.{2,}/u).flatMap((part) => hostOfRun(part) ?? []);
		for (const host of hosts) yield { host, isBare: !isAddress };
		// What belongs to an address names no further host.
		if (hosts.length > 0) runs.lastIndex = endOfAddress(text, end);
	}
}

function endOfAddress(text: string, from: number): number {
	const rest = new RegExp(REST);
	rest.lastIndex = from;
	return from + (rest.exec(text)?.[0].length ?? 0);
}

/** The host in `a.b.c`, if it is more than words beside full stops. */
function hostOfRun(run: string): string | undefined {
	const labels = run.split(".").filter((label) => label !== "");
	if (isIpAddress(labels)) return labels.join(".");
	const last = labels.findLastIndex((label) => lastOf(label) !== undefined);
	const before = labels.slice(0, last);
	const end = lastOf(labels[last] ?? "");
	if (end === undefined || FILES.has(end.toLowerCase())) return undefined;
	// The number of an item before its first word.
	if (!before.some((label) => /[\p{L}\w]/u.test(label))) return undefined;
	return [...before, end].join(".");
}

function lastOf(label: string): string | undefined {
	return OTHER_LASTS.has(label) ? label : LAST.exec(label)?.[0];
}

function isIpAddress(labels: readonly string[]): boolean {
	return (
		labels.length === 4 &&
		labels.every((label) => /^\d{1,3}$/u.test(label) && Number(label) <= 255)
	);
}

/** Words may stand directly before a host where the script has no spaces, but not after `://`. */
function isSame({ host: named, isBare }: Named, host: string): boolean {
	if (hostOf(named) === host) return true;
	if (!isBare) return false;
	const rest = named.replace(AFTER_UNSPACED, "");
	return rest !== named && hostOf(rest) === host;
}

/** As browsers write it; what they would refuse is nobody's host. */
function hostOf(named: string): string | undefined {
	try {
		return withoutWww(new URL(`http://${named}`).hostname);
	} catch {
		return undefined;
	}
}

function withoutWww(host: string): string {
	return host.replace(/^www\./u, "");
}
