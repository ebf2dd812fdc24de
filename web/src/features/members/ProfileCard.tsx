import { Crown, UserMinus } from "lucide-react";
import type { Id, ListedMember, Member } from "@/api/types.ts";
import { useFormat, useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { kickMember, useIsOwner, useMe } from "@/stores/index.ts";
import { Avatar, hueOf } from "@/ui/Avatar.tsx";
import { Button } from "@/ui/Button.tsx";
import { ConfirmDialog } from "@/ui/ConfirmDialog.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { PresenceMark } from "@/ui/PresenceMark.tsx";

type Props = {
	serverId: Id;
	/** `status` is known only of those in a member list. */
	member: Member & Partial<Pick<ListedMember, "status">>;
	onClose: () => void;
};

/** Who someone is here: banner, names, presence, since when, and what I may do. */
export function ProfileCard({ serverId, member, onClose }: Props) {
	const t = useT();
	const format = useFormat();
	const me = useMe();
	const isOwner = useIsOwner(serverId);
	const { user, status, joined_at, is_owner } = member;
	const isMe = me?.id === user.id;
	return (
		<div>
			<div
				className="h-16"
				style={{ background: `oklch(0.42 0.075 ${hueOf(user.id)})` }}
			/>
			<div className="grid gap-3 px-4 pb-4">
				<div className="-mt-9 w-fit rounded-pill border-4 border-raised">
					<Avatar
						id={user.id}
						name={user.display_name}
						size={64}
						{...(status ? { status } : {})}
					/>
				</div>
				<div className="min-w-0">
					<p dir="auto" className="text-title wrap-anywhere">
						{user.display_name}
					</p>
					<p className="text-ui text-ink-2">
						@{user.username}
						{isMe ? (
							<span className="text-ink-3"> · {t.people.you}</span>
						) : null}
					</p>
				</div>
				<dl className="grid gap-2 rounded-control border border-line bg-side p-3 text-small">
					{status ? (
						<div className="flex items-center gap-2">
							<dt className="sr-only">{t.people.online}</dt>
							<dd className="flex items-center gap-2 text-ink-2">
								<PresenceMark status={status} size={12} inline />
								{t.people.status[status]}
							</dd>
						</div>
					) : null}
					{is_owner ? (
						<div className="flex items-center gap-2 text-ink-2">
							<Crown aria-hidden="true" size={12} className="text-warn" />
							{t.people.owner}
						</div>
					) : null}
					<div className="flex justify-between gap-2">
						<dt className="text-ink-3">{t.people.joined}</dt>
						<dd className="text-ink-2">{format.day(joined_at)}</dd>
					</div>
				</dl>
				{isMe ? (
					<Button
						onClick={() => {
							onClose();
							goTo(paths.settings("profile"));
						}}
					>
						{t.people.editProfile}
					</Button>
				) : null}
				{isOwner && !isMe ? (
					<Button
						look="quiet"
						className="text-danger!"
						onClick={() => {
							onClose();
							openDialog((close) => (
								<KickDialog
									serverId={serverId}
									member={member}
									onClose={close}
								/>
							));
						}}
					>
						<UserMinus aria-hidden="true" size={16} />
						{t.servers.kick}
					</Button>
				) : null}
			</div>
		</div>
	);
}

function KickDialog({ serverId, member, onClose }: Props) {
	const t = useT();
	return (
		<ConfirmDialog
			title={t.servers.kickTitle(member.user.display_name)}
			consequence={t.servers.kickText}
			action={t.servers.kickAction}
			onConfirm={() => kickMember(serverId, member.user.id)}
			onClose={onClose}
		/>
	);
}
