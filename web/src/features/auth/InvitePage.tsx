import { useEffect } from "react";
import type { InvitePreview } from "@/api/types.ts";
import { useFormat, useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo, Link } from "@/lib/router.tsx";
import { joinInvite, useMe, useStore } from "@/stores/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { Gate } from "@/ui/art/scenes.tsx";
import { Button, buttonClass } from "@/ui/Button.tsx";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { AuthFrame } from "./AuthFrame.tsx";
import { intendToJoin, takeIntent } from "./joinIntent.ts";
import { useInvitePreview } from "./useInvitePreview.ts";

/** What an invite leads to, before and after signing in; it comes back here after either. */
export default function InvitePage({ code }: { code: string }) {
	const t = useT();
	const { found, seconds, lookAgain } = useInvitePreview(code);
	switch (found.status) {
		case "loading":
			return (
				<AuthFrame title={t.common.loading}>
					<Skeleton className="h-16" />
					<Skeleton className="h-10" />
				</AuthFrame>
			);
		case "gone":
			return (
				<AuthFrame title={t.auth.inviteGoneTitle} lead={t.auth.inviteGone}>
					<div className="grid justify-items-center">
						<Gate />
					</div>
					<Link className={buttonClass({ size: "wide" })} to={paths.home}>
						{t.auth.toApp}
					</Link>
				</AuthFrame>
			);
		case "failed":
			return (
				<AuthFrame
					title={found.isBusy ? t.auth.busyTitle : t.auth.unreachable}
					lead={
						found.isBusy && seconds > 0
							? t.auth.busyHint(seconds)
							: t.auth.unreachableHint
					}
				>
					<Button size="wide" onClick={lookAgain}>
						{t.ui.retry}
					</Button>
				</AuthFrame>
			);
		case "found":
			return <Invitation preview={found.preview} />;
	}
}

function Invitation({ preview }: { preview: InvitePreview }) {
	const t = useT();
	const format = useFormat();
	const me = useMe();
	const isMember = useStore((state) => preview.server.id in state.servers.byId);
	const { server, inviter, expires_at } = preview;
	const form = useForm({
		initial: {},
		submit: async () => {
			const state = await joinInvite(preview.code);
			goTo(paths.server(state.server.id), { replace: true });
		},
	});
	// Signed in from here, they have said what they want. Back here without, they say it anew.
	// biome-ignore lint/correctness/useExhaustiveDependencies: it counts on coming back, once
	useEffect(() => {
		if (takeIntent(preview.code) && me) void form.submit();
	}, []);
	return (
		<AuthFrame title={t.auth.inviteTitle(server.name)}>
			<div className="flex items-center gap-4 rounded-card border border-line bg-side p-4">
				<Avatar id={server.id} name={server.name} size={56} shape="tile" />
				<div className="grid min-w-0 gap-0.5">
					<p className="text-small text-ink-3">
						{t.auth.invitedBy(inviter.display_name)}
					</p>
					<p dir="auto" className="truncate text-head">
						{server.name}
					</p>
					<p className="text-small text-ink-3">
						{t.auth.members(server.member_count)}
					</p>
				</div>
			</div>
			{expires_at === null ? null : (
				<p className="text-small text-ink-3">
					{t.auth.expires(format.relative(expires_at, Date.now()))}
				</p>
			)}
			<FormFault text={form.failure} />
			{me ? (
				<form {...form.form} className="grid gap-2">
					<Submit busy={form.busy} waitSeconds={form.waitSeconds}>
						{isMember ? t.auth.openServer : t.auth.acceptInvite}
					</Submit>
					<p className="text-small text-ink-3">
						{t.auth.signedInAs(me.display_name)}
					</p>
				</form>
			) : (
				<Ways code={preview.code} canRegister={preview.opens_hub} />
			)}
		</AuthFrame>
	);
}

/** How somebody without a session comes in; not every invite makes an account. */
function Ways({ code, canRegister }: { code: string; canRegister: boolean }) {
	const t = useT();
	const intend = () => intendToJoin(code);
	const next = new URLSearchParams({ next: paths.invite(code) });
	return (
		<div className="grid gap-2">
			{canRegister ? (
				<Link
					className={buttonClass({ look: "primary", size: "wide" })}
					to={`/register?${next}`}
					onClick={intend}
				>
					{t.auth.registerToJoin}
				</Link>
			) : null}
			<Link
				className={buttonClass({
					size: "wide",
					...(canRegister ? {} : { look: "primary" as const }),
				})}
				to={`/login?${next}`}
				onClick={intend}
			>
				{t.auth.signInToJoin}
			</Link>
			{canRegister ? null : (
				<p className="text-small text-ink-3">{t.auth.inviteForMembers}</p>
			)}
		</div>
	);
}
