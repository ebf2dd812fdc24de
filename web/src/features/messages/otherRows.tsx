import { useFormat, useT } from "@/i18n/index.ts";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { dayOf } from "./listRows.ts";

/** The line between two days. */
export function DayRow({ at, now }: { at: number; now: number }) {
	const t = useT();
	const format = useFormat();
	const day = dayOf(at);
	const name =
		day === dayOf(now)
			? t.chat.today
			: day === dayOf(now - 86_400_000)
				? t.chat.yesterday
				: format.day(at);
	return (
		<div className="flex items-center gap-3 px-4 pt-4 pb-1">
			<span aria-hidden="true" className="h-px grow bg-line" />
			<h2 className="text-small text-ink-3">{name}</h2>
			<span aria-hidden="true" className="h-px grow bg-line" />
		</div>
	);
}

/** Where reading began: it stays where it was on entry. */
export function UnreadRow({ count }: { count: number | null }) {
	const t = useT();
	return (
		<div className="flex items-center gap-2 px-4 pt-3 text-small text-marigold">
			<span aria-hidden="true" className="h-px grow bg-marigold" />
			<span className="rounded-chip bg-marigold px-1.5 text-on-marigold">
				{count ? t.chat.unread(count) : t.chat.unreadSome}
			</span>
		</div>
	);
}

/** The first words of a channel. */
export function StartRow({ name }: { name: string }) {
	const t = useT();
	return (
		<div className="grid gap-1 px-4 pt-10 pb-2">
			<span
				aria-hidden="true"
				className="mb-2 grid size-14 place-items-center rounded-tile bg-active text-[1.75rem] text-leaf"
			>
				#
			</span>
			<h2 dir="auto" className="text-title wrap-anywhere">
				{t.chat.start(name)}
			</h2>
			<p className="text-ui font-normal text-ink-2">{t.chat.startHint}</p>
		</div>
	);
}

const WIDTHS = ["w-3/5", "w-2/5", "w-1/2"];

/** Three rows in the place of history that is on its way. */
export function SkeletonRows({ label }: { label: string }) {
	return (
		<div className="grid" role="status" aria-label={label}>
			{WIDTHS.map((width) => (
				<div key={width} className="relative h-13 ps-(--gutter) pe-4">
					<Skeleton className="absolute start-4 top-1 size-(--avatar-row) rounded-pill!" />
					<Skeleton className="mt-1.5 h-3.5 w-28" />
					<Skeleton className={`mt-2 h-3.5 ${width}`} />
				</div>
			))}
		</div>
	);
}
