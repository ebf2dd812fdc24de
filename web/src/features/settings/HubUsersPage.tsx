import { useState } from "react";
import type { Me } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import {
	addInviter,
	listHubUsers,
	removeInviter,
	useStore,
} from "@/stores/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { Badge } from "@/ui/Badge.tsx";
import { Button } from "@/ui/Button.tsx";
import { Field } from "@/ui/Field.tsx";
import { Section } from "@/ui/Section.tsx";
import { attempt } from "@/ui/tellFault.ts";
import { usePages } from "@/ui/usePages.ts";
import { ResetPassword } from "./ResetPassword.tsx";

const PAGE_ROWS = 50;

/** Every account of the hub; a forgotten password gets a one-time link. */
export function HubUsersPage() {
	const t = useT();
	const [query, setQuery] = useState("");
	const wanted = query.trim();
	const pages = usePages(wanted, (after: string | undefined) =>
		listHubUsers({
			limit: PAGE_ROWS,
			...(wanted ? { query: wanted } : {}),
			...(after ? { after } : {}),
		}),
	);
	const { items } = pages;
	return (
		<Section lead={t.settings.usersLead}>
			<Field
				label={t.settings.findUser}
				type="search"
				value={query}
				onChange={(event) => setQuery(event.target.value)}
			/>
			<ul
				className="grid grid-cols-1 divide-y divide-line"
				aria-busy={pages.busy}
			>
				{items.map((user) => (
					<UserRow key={user.id} user={user} />
				))}
			</ul>
			{pages.error ? (
				<p className="text-ui text-danger">{errorText(t, pages.error)}</p>
			) : null}
			{items.length === 0 && !pages.busy ? (
				<p className="text-ui text-ink-3">{t.settings.noUsers}</p>
			) : null}
			{items.length > 0 && items.length % PAGE_ROWS === 0 && !pages.isDone ? (
				<Button busy={pages.busy} onClick={() => void pages.more()}>
					{t.servers.loadMore}
				</Button>
			) : null}
		</Section>
	);
}

function UserRow({ user }: { user: Me }) {
	const t = useT();
	return (
		<li className="flex flex-wrap items-center gap-3 py-2.5">
			<Avatar id={user.id} name={user.display_name} size={32} />
			<div className="min-w-0 grow basis-40">
				<p className="flex flex-wrap items-center gap-x-2 text-ui">
					<span dir="auto" className="max-w-full truncate">
						{user.display_name}
					</span>
					{user.is_admin ? <Badge tone="leaf">{t.settings.admin}</Badge> : null}
				</p>
				<p className="truncate text-small text-ink-3">@{user.username}</p>
			</div>
			<div className="flex flex-wrap items-center gap-2">
				{user.is_admin ? null : <NameButton user={user} />}
				<ResetPassword user={user} />
			</div>
		</li>
	);
}

/** Names an account as one whose invites make accounts, or no longer. */
function NameButton({ user }: { user: Me }) {
	const t = useT();
	const [isNamed, setNamed] = useState(user.can_invite);
	const isByInvite = useStore((state) => state.hub?.registration === "invite");
	if (!isByInvite && !isNamed) return null;
	const change = async () => {
		const changed = isNamed ? removeInviter(user.id) : addInviter(user.id);
		const tried = isNamed ? "unnamed" : "named";
		const failed = t.notDone[tried](user.display_name);
		if (await attempt([tried, user.id], failed, changed)) setNamed(!isNamed);
	};
	return (
		<Button
			aria-label={
				isNamed
					? t.settings.unnameOf(user.display_name)
					: t.settings.nameOf(user.display_name)
			}
			onClick={() => void change()}
		>
			{isNamed ? t.settings.unname : t.settings.name}
		</Button>
	);
}
