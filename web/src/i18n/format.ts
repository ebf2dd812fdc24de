/** Dates and numbers as the present language writes them; formatters are made once. */
import { type Locale, useLocale } from "./locale.ts";

/** All times are integer milliseconds since 1970. */
export type Formats = {
	number: (n: number) => string;
	/** 2:02 PM */
	time: (ms: number) => string;
	/** 22 November 2026 */
	day: (ms: number) => string;
	/** 22 Nov 2026, 2:02 PM */
	dateTime: (ms: number) => string;
	/** A moment in the past, seen at `now`: 2:02 PM today, Tue 2:02 PM in the six days before, else as `dateTime`. */
	moment: (ms: number, now: number) => string;
	/** "3 minutes ago", "in 2 days", from `ms` seen at `now`. */
	relative: (ms: number, now: number) => string;
	/** "Asha, Bo and Chen" */
	list: (items: readonly string[]) => string;
};

const made = new Map<Locale, Formats>();

export function useFormat(): Formats {
	return formats(useLocale());
}

export function formats(locale: Locale): Formats {
	let found = made.get(locale);
	if (!found) {
		found = make(locale);
		made.set(locale, found);
	}
	return found;
}

function make(locale: Locale): Formats {
	const number = new Intl.NumberFormat(locale);
	const dates = (options: Intl.DateTimeFormatOptions) => {
		const format = new Intl.DateTimeFormat(locale, options);
		return (ms: number) => format.format(ms);
	};
	const list = new Intl.ListFormat(locale, { type: "conjunction" });
	const time = dates({ timeStyle: "short" });
	const dateTime = dates({ dateStyle: "medium", timeStyle: "short" });
	const weekdayTime = dates({
		weekday: "short",
		hour: "numeric",
		minute: "2-digit",
	});
	return {
		number: (n) => number.format(n),
		time,
		day: dates({ dateStyle: "long" }),
		dateTime,
		moment: (ms, now) => {
			if (ms >= startOfDay(now, 0)) return time(ms);
			// Seven days ago the weekday was the same as today.
			return ms >= startOfDay(now, 6) ? weekdayTime(ms) : dateTime(ms);
		},
		relative: relativeOf(locale),
		list: (items) => list.format(items),
	};
}

/** The midnight, where the reader is, that began the day so many days before that of `now`. */
function startOfDay(now: number, daysBefore: number): number {
	const date = new Date(now);
	const day = date.getDate() - daysBefore;
	return new Date(date.getFullYear(), date.getMonth(), day).getTime();
}

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
	["year", 365 * 86_400_000],
	["month", 30 * 86_400_000],
	["day", 86_400_000],
	["hour", 3_600_000],
	["minute", 60_000],
];

/** What lies ahead may have lost a moment since it was made: it is rounded, not cut off. */
const MOMENT_MS = 30_000;

function relativeOf(locale: Locale) {
	const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
	return (ms: number, now: number) => {
		const distance = ms > now ? ms - now + MOMENT_MS : ms - now;
		const whole = ms > now ? Math.round : Math.trunc;
		const fitting = units.find(([, size]) => Math.abs(distance) >= size);
		if (!fitting) return format.format(0, "second");
		return format.format(whole(distance / fitting[1]), fitting[0]);
	};
}
