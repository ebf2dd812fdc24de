import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { Me, PasswordResetLink } from "@/api/types.ts";
import { errorText, useFormat, useT } from "@/i18n/index.ts";
import {
	addInviter,
	createPasswordReset,
	listHubUsers,
	removeInviter,
	useStore,
} from "@/stores/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { Badge } from "@/ui/Badge.tsx";
import { Button } from "@/ui/Button.tsx";
import { copyText } from "@/ui/copyText.ts";
import { Dialog, DialogBody, DialogFoot } from "@/ui/Dialog.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { Field } from "@/ui/Field.tsx";
import { Section } from "@/ui/Section.tsx";
import { toast } from "@/ui/toasts.ts";
import { usePages } from "@/ui/usePages.ts";

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
	const make = async () => {
		try {
			const link = await createPasswordReset(user.id);
			openDialog((close) => (
				<LinkDialog user={user} link={link} onClose={close} />
			));
		} catch (error) {
			toast(errorText(t, error), { tone: "error" });
		}
	};
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
			<div className="flex flex-wrap gap-2">
				{user.is_admin ? null : <NameButton user={user} />}
				<Button
					aria-label={t.settings.resetLinkOf(user.display_name)}
					onClick={() => void make()}
				>
					<KeyRound aria-hidden="true" size={16} />
					{t.settings.resetLink}
				</Button>
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
		try {
			await (isNamed ? removeInviter(user.id) : addInviter(user.id));
			setNamed(!isNamed);
		} catch (error) {
			toast(errorText(t, error), { tone: "error" });
		}
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

function LinkDialog({
	user,
	link,
	onClose,
}: {
	user: Me;
	link: PasswordResetLink;
	onClose: () => void;
}) {
	const t = useT();
	const format = useFormat();
	return (
		<Dialog
			title={t.settings.resetLinkTitle(user.display_name)}
			description={t.settings.resetLinkText(format.dateTime(link.expires_at))}
			onClose={onClose}
		>
			<DialogBody>
				<code className="rounded-control bg-side p-3 font-mono text-small wrap-anywhere select-all">
					{link.url}
				</code>
			</DialogBody>
			<DialogFoot>
				<Button
					size="dialog"
					look="primary"
					onClick={() => void copyText(link.url)}
				>
					{t.servers.copyLink}
				</Button>
			</DialogFoot>
		</Dialog>
	);
}
