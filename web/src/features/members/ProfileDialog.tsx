import type { Id, ListedMember, PublicUser } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import { findMember } from "@/stores/index.ts";
import { Dialog } from "@/ui/Dialog.tsx";
import { ErrorState } from "@/ui/ErrorState.tsx";
import { Sheet } from "@/ui/Sheet.tsx";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { useIsPhone } from "@/ui/useMedia.ts";
import { useResource } from "@/ui/useResource.ts";
import { ProfileCard } from "./ProfileCard.tsx";

type Props = {
	serverId: Id;
	user: PublicUser;
	/** As a member list shows them, if one does. */
	member: ListedMember | undefined;
	onClose: () => void;
};

/** Who someone is, from anywhere; on a phone a sheet. */
export function ProfileDialog({ serverId, user, member, onClose }: Props) {
	const t = useT();
	const isPhone = useIsPhone();
	const title = t.people.profileOf(user.display_name);
	const card = member ? (
		<ProfileCard serverId={serverId} member={member} onClose={onClose} />
	) : (
		<Asked serverId={serverId} userId={user.id} onClose={onClose} />
	);
	return isPhone ? (
		<Sheet title={title} side="bottom" onClose={onClose}>
			{card}
		</Sheet>
	) : (
		<Dialog title={title} onClose={onClose} bare>
			<div className="overflow-hidden rounded-card">{card}</div>
		</Dialog>
	);
}

/** Asks the hub first: an author may have left. */
function Asked({
	serverId,
	userId,
	onClose,
}: {
	serverId: Id;
	userId: Id;
	onClose: () => void;
}) {
	const t = useT();
	const { resource, reload } = useResource(`${serverId}:${userId}`, () =>
		findMember(serverId, userId),
	);
	if (resource.status === "failed")
		return (
			<ErrorState
				what={t.people.notHere}
				technical={errorText(t, resource.error)}
				onRetry={reload}
			/>
		);
	if (resource.status === "loading")
		return <Skeleton className="m-4 h-48 rounded-card!" />;
	return (
		<ProfileCard
			serverId={serverId}
			member={resource.value}
			onClose={onClose}
		/>
	);
}
