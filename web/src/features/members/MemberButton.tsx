import { Crown } from "lucide-react";
import { memo } from "react";
import type { Id, ListedMember } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { Popover } from "@/ui/Popover.tsx";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { ProfileCard } from "./ProfileCard.tsx";

type Props = {
	serverId: Id;
	member: ListedMember;
	/** Whether its status is that of now. */
	isKnown: boolean;
	isStop: boolean;
};

/** One member; pressing shows the profile beside. */
export const MemberButton = memo(function MemberButton({
	serverId,
	member,
	isKnown,
	isStop,
}: Props) {
	const t = useT();
	const { user, status, is_owner } = member;
	const label = is_owner ? t.people.rowOwner : t.people.rowLabel;
	const isOff = !isKnown || status === "offline";
	return (
		<Popover
			label={t.people.profileOf(user.display_name)}
			trigger={
				<button
					type="button"
					data-rove
					tabIndex={isStop ? 0 : -1}
					aria-label={label(
						user.display_name,
						isKnown ? t.people.status[status] : t.people.statusNotKnown,
					)}
					className="inset-ring-focus flex h-10.5 w-full items-center gap-3 rounded-control px-2 text-start hover:bg-hover aria-expanded:bg-active coarse:h-11"
				>
					<span className={isOff ? "grayscale" : ""}>
						<Avatar
							id={user.id}
							name={user.display_name}
							size={32}
							{...(isKnown ? { status } : {})}
						/>
					</span>
					<span
						dir="auto"
						className={`truncate text-ui ${isOff ? "text-ink-3" : "text-ink-1"}`}
					>
						{user.display_name}
					</span>
					{is_owner ? (
						<Crown
							aria-hidden="true"
							size={14}
							className="shrink-0 text-warn"
						/>
					) : null}
				</button>
			}
		>
			{(close) => (
				<ProfileCard
					serverId={serverId}
					member={isKnown ? member : withoutStatus(member)}
					onClose={close}
				/>
			)}
		</Popover>
	);
});

function withoutStatus({ status: _, ...rest }: ListedMember) {
	return rest;
}

export function MemberSkeleton() {
	return (
		<div className="flex h-10.5 items-center gap-3 px-2">
			<Skeleton className="size-8 rounded-pill!" />
			<Skeleton className="h-3.5 w-28" />
		</div>
	);
}
