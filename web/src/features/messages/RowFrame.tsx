import type { ComponentProps, ReactNode } from "react";
import type { PublicUser } from "@/api/types.ts";
import { useFormat } from "@/i18n/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { useLooks } from "@/ui/looks.ts";

type Props = Omit<ComponentProps<"article">, "id"> & {
	/** Makes the ids that name the row for a screen reader. */
	idBase: string;
	author: PublicUser;
	at: number;
	isGrouped: boolean;
	isHot: boolean;
	/** Just jumped to: marked for a moment. */
	isTarget?: boolean;
	children: ReactNode;
};

/** What sent and waiting messages share: gutter, author, time. */
export function RowFrame({
	idBase,
	author,
	at,
	isGrouped,
	isHot,
	isTarget = false,
	children,
	...rest
}: Props) {
	const format = useFormat();
	const isCompact = useLooks((looks) => looks.density === "compact");
	const time = (
		<time
			id={`${idBase}-t`}
			dateTime={new Date(at).toISOString()}
			title={format.dateTime(at)}
		>
			{format.time(at)}
		</time>
	);
	return (
		<article
			{...rest}
			aria-labelledby={`${idBase}-a ${idBase}-t ${idBase}-b`}
			className={`inset-ring-focus relative min-h-6 py-(--pad-row) ps-(--gutter) pe-4 outline-none ${
				isGrouped ? "" : "mt-(--gap-group)"
			} ${isHot ? "bg-hover" : ""} ${isTarget ? "animate-landed" : ""}`}
		>
			<div className="absolute inset-y-0 start-0 flex w-(--gutter) justify-end pe-4 pt-(--pad-row)">
				{isGrouped ? null : (
					<span className="mt-0.5">
						<Avatar
							id={author.id}
							name={author.display_name}
							size={isCompact ? 20 : 40}
						/>
					</span>
				)}
				{isGrouped ? (
					<span
						className={`-me-1.5 text-small/(--line) whitespace-nowrap text-ink-3 tabular [--line:calc(var(--size-body)*var(--leading-body))] ${isHot ? "" : "opacity-0"}`}
					>
						{time}
					</span>
				) : null}
			</div>
			{isGrouped ? (
				<span id={`${idBase}-a`} className="sr-only">
					{author.display_name}
				</span>
			) : (
				<p className="flex items-baseline gap-2">
					<span
						id={`${idBase}-a`}
						dir="auto"
						className="text-body font-semibold wrap-anywhere text-ink-1"
					>
						{author.display_name}
					</span>
					<span className="shrink-0 text-small text-ink-3 tabular">{time}</span>
				</p>
			)}
			{children}
		</article>
	);
}
