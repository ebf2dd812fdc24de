import { Crown } from "lucide-react";
import type { Id, Member } from "@/api/types.ts";
import { errorText, useFormat, useT } from "@/i18n/index.ts";
import {
	kickMember,
	listMembers,
	useIsOwner,
	useStore,
} from "@/stores/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { Button } from "@/ui/Button.tsx";
import { ConfirmDialog } from "@/ui/ConfirmDialog.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { Section } from "@/ui/Section.tsx";
import { toast } from "@/ui/toasts.ts";
import { usePages } from "@/ui/usePages.ts";

const PAGE_ROWS = 50;

/** Everyone who belongs to the server, with when they came. */
export function MembersPage({ serverId }: { serverId: Id }) {
	const t = useT();
	const count = useStore(
		(state) => state.servers.byId[serverId]?.memberCount ?? 0,
	);
	const pages = usePages(serverId, async (after: string | undefined) => {
		const found = await listMembers(serverId, {
			limit: PAGE_ROWS,
			...(after ? { after } : {}),
		});
		return found.map((member) => ({ ...member, id: member.user.id }));
	});
	return (
		<Section lead={t.servers.membersLead(count)}>
			<ul
				className="grid grid-cols-1 divide-y divide-line"
				aria-busy={pages.busy}
			>
				{pages.items.map((member) => (
					<Row key={member.id} serverId={serverId} member={member} />
				))}
			</ul>
			{pages.error ? (
				<p className="text-ui text-danger">{errorText(t, pages.error)}</p>
			) : null}
			{pages.items.length > 0 &&
			pages.items.length % PAGE_ROWS === 0 &&
			!pages.isDone ? (
				<Button busy={pages.busy} onClick={() => void pages.more()}>
					{t.servers.loadMore}
				</Button>
			) : null}
		</Section>
	);
}

function Row({ serverId, member }: { serverId: Id; member: Member }) {
	const t = useT();
	const format = useFormat();
	const isOwner = useIsOwner(serverId);
	const { user, joined_at, is_owner } = member;
	const kick = () =>
		openDialog((close) => (
			<ConfirmDialog
				title={t.servers.kickTitle(user.display_name)}
				consequence={t.servers.kickText}
				action={t.servers.kickAction}
				onConfirm={async () => {
					await kickMember(serverId, user.id);
					toast(t.servers.kicked(user.display_name), { tone: "success" });
				}}
				onClose={close}
			/>
		));
	return (
		<li className="flex items-center gap-3 py-2.5">
			<Avatar id={user.id} name={user.display_name} size={32} />
			<div className="min-w-0 grow">
				<p className="flex items-center gap-2 text-ui">
					<span dir="auto" className="truncate">
						{user.display_name}
					</span>
					{is_owner ? (
						<Crown
							role="img"
							aria-label={t.servers.owner}
							size={14}
							className="text-warn"
						/>
					) : null}
				</p>
				<p className="flex flex-wrap gap-x-2 text-small text-ink-3">
					<span className="truncate">@{user.username}</span>
					<span>{t.servers.joinedAt(format.day(joined_at))}</span>
				</p>
			</div>
			{isOwner && !is_owner ? (
				<Button look="quiet" className="text-danger!" onClick={kick}>
					{t.servers.kickAction}
				</Button>
			) : null}
		</li>
	);
}
