import { Copy, Plus } from "lucide-react";
import type { Id, Invite } from "@/api/types.ts";
import { errorText, useFormat, useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { listInvites, revokeInvite, useStore } from "@/stores/index.ts";
import { Letter } from "@/ui/art/scenes.tsx";
import { Button } from "@/ui/Button.tsx";
import { copyText } from "@/ui/copyText.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { Empty } from "@/ui/Empty.tsx";
import { ErrorState } from "@/ui/ErrorState.tsx";
import { IconButton } from "@/ui/IconButton.tsx";
import { Section } from "@/ui/Section.tsx";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { attempt } from "@/ui/tellFault.ts";
import { toast } from "@/ui/toasts.ts";
import { useResource } from "@/ui/useResource.ts";
import { InviteDialog } from "./lazyDialogs.ts";

/** The invites in use: who made them, how often they served, when they end. */
export function InvitesPage({ serverId }: { serverId: Id }) {
	const t = useT();
	const { resource, reload } = useResource(serverId, () =>
		listInvites(serverId),
	);
	const add = () =>
		openDialog((close) => (
			<InviteDialog
				serverId={serverId}
				onClose={() => {
					close();
					reload();
				}}
			/>
		));
	if (resource.status === "failed")
		return (
			<ErrorState
				what={t.settings.loadFailed}
				technical={errorText(t, resource.error)}
				onRetry={reload}
			/>
		);
	const button = (
		<Button look="primary" onClick={add}>
			<Plus aria-hidden="true" size={16} />
			{t.servers.newLink}
		</Button>
	);
	if (resource.status === "ready" && resource.value.length === 0)
		return (
			<Section>
				<Empty
					art={<Letter />}
					text={t.servers.noInvites}
					hint={t.servers.invitesLead}
					action={button}
				/>
			</Section>
		);
	return (
		<Section lead={t.servers.invitesLead}>
			<ul className="grid grid-cols-1 divide-y divide-line">
				{resource.status === "ready"
					? resource.value.map((invite) => (
							<InviteRow key={invite.code} invite={invite} onRevoked={reload} />
						))
					: [1, 2].map((n) => <Skeleton key={n} className="my-2 h-12" />)}
			</ul>
			<div>{button}</div>
		</Section>
	);
}

function InviteRow({
	invite,
	onRevoked,
}: {
	invite: Invite;
	onRevoked: () => void;
}) {
	const t = useT();
	const format = useFormat();
	const revoke = async () => {
		const revoked = revokeInvite(invite.server_id, invite.code);
		const cause = ["revoked", invite.code] as const;
		if (!(await attempt(cause, t.notDone.revoked, revoked))) return;
		toast(t.servers.revoked, { tone: "success" });
		onRevoked();
	};
	const isByInvite = useStore((state) => state.hub?.registration === "invite");
	const opens = invite.opens_hub ? t.servers.opensHub : t.servers.membersOnly;
	const uses =
		invite.uses_max === null
			? t.servers.invitesUses(format.number(invite.uses))
			: t.servers.invitesUsesOf(
					format.number(invite.uses),
					format.number(invite.uses_max),
				);
	const end =
		invite.expires_at === null
			? t.servers.neverEnds
			: t.servers.ends(format.relative(invite.expires_at, Date.now()));
	return (
		<li className="flex items-center gap-4 py-3 max-tablet:gap-2">
			<div className="min-w-0 grow">
				<p className="truncate font-mono text-ui">{invite.code}</p>
				<p className="text-small text-ink-3">
					{[
						t.servers.invitesBy(invite.creator.display_name),
						uses,
						end,
						...(isByInvite ? [opens] : []),
					].join(" · ")}
				</p>
			</div>
			<IconButton
				label={t.servers.copyLink}
				onClick={() =>
					void copyText(`${location.origin}${paths.invite(invite.code)}`)
				}
			>
				<Copy aria-hidden="true" size={16} />
			</IconButton>
			<Button onClick={() => void revoke()}>{t.servers.revoke}</Button>
		</li>
	);
}
