import type { Id, ListedMember, PublicUser } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import { ApiError, findMember } from "@/stores/index.ts";
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
export function ProfileDialog(props: Props) {
	const t = useT();
	const isPhone = useIsPhone();
	const title = t.people.profileOf(props.user.display_name);
	return isPhone ? (
		<Sheet title={title} side="bottom" onClose={props.onClose}>
			<Content {...props} />
		</Sheet>
	) : (
		<Dialog title={title} onClose={props.onClose} bare>
			<div className="overflow-hidden rounded-card">
				<Content {...props} />
			</div>
		</Dialog>
	);
}

/**
 * Shows what is known and asks the hub: an author may have left, and a member list may be some
 * seconds old.
 */
function Content({ serverId, user, member, onClose }: Props) {
	const t = useT();
	const { resource, reload } = useResource(`${serverId}:${user.id}`, () =>
		findMember(serverId, user.id),
	);
	const found = resource.status === "ready" ? resource.value : undefined;
	const { error } = resource.status === "failed" ? resource : {};
	const isGone = error instanceof ApiError && error.code === "not_found";
	const shown = isGone ? undefined : (member ?? found);
	if (shown)
		return <ProfileCard serverId={serverId} member={shown} onClose={onClose} />;
	if (resource.status === "failed")
		return (
			<ErrorState
				what={isGone ? t.people.notHere : t.ui.partFailed}
				technical={errorText(t, error)}
				onRetry={reload}
			/>
		);
	return <Skeleton className="m-4 h-48 rounded-card!" />;
}
