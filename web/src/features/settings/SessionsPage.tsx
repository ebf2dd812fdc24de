import { Monitor, Smartphone } from "lucide-react";
import type { Session } from "@/api/types.ts";
import { errorText, useFormat, useT } from "@/i18n/index.ts";
import { endOtherSessions, endSession, listSessions } from "@/stores/index.ts";
import { Badge } from "@/ui/Badge.tsx";
import { Button } from "@/ui/Button.tsx";
import { ConfirmDialog } from "@/ui/ConfirmDialog.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { ErrorState } from "@/ui/ErrorState.tsx";
import { Section } from "@/ui/Section.tsx";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { attempt } from "@/ui/tellFault.ts";
import { toast } from "@/ui/toasts.ts";
import { useResource } from "@/ui/useResource.ts";
import { deviceOf } from "./device.ts";

type Props = {
	/** Ends the session that is here. */
	onSignOut: () => void;
};

/** Where I am signed in; each can be ended, and all others at once. */
export function SessionsPage({ onSignOut }: Props) {
	const t = useT();
	const { resource, reload } = useResource("sessions", listSessions);
	if (resource.status === "failed")
		return (
			<ErrorState
				what={t.settings.loadFailed}
				technical={errorText(t, resource.error)}
				onRetry={reload}
			/>
		);
	const sessions = resource.status === "ready" ? resource.value : undefined;
	const endOthers = () =>
		openDialog((close) => (
			<ConfirmDialog
				title={t.settings.endOthersTitle}
				consequence={t.settings.endOthersText}
				action={t.settings.endOthers}
				onConfirm={async () => {
					await endOtherSessions();
					toast(t.settings.othersEnded, { tone: "success" });
					reload();
				}}
				onClose={close}
			/>
		));
	return (
		<Section lead={t.settings.sessionsLead}>
			<ul className="grid grid-cols-1 divide-y divide-line">
				{sessions
					? sessions.map((session) => (
							<SessionRow
								key={session.id}
								session={session}
								onSignOut={onSignOut}
								onEnded={reload}
							/>
						))
					: [1, 2].map((n) => <Skeleton key={n} className="my-2 h-12" />)}
			</ul>
			{sessions && sessions.length > 1 ? (
				<div>
					<Button look="danger" onClick={endOthers}>
						{t.settings.endOthers}
					</Button>
				</div>
			) : null}
		</Section>
	);
}

type RowProps = Props & { session: Session; onEnded: () => void };

function SessionRow({ session, onSignOut, onEnded }: RowProps) {
	const t = useT();
	const format = useFormat();
	// The hub's clock may be ahead of this one; nothing was used in the future.
	const now = Date.now();
	const device = deviceOf(session.agent);
	const name = device.name ?? t.settings.unknownDevice;
	const Icon = device.isPhone ? Smartphone : Monitor;
	const end = async () => {
		const ended = endSession(session.id);
		const failed = t.notDone.signedOut(name);
		if (!(await attempt(["signedOut", session.id], failed, ended))) return;
		toast(t.settings.sessionEnded, { tone: "success" });
		onEnded();
	};
	return (
		<li className="flex items-center gap-4 py-3">
			<Icon aria-hidden="true" size={20} className="shrink-0 text-ink-3" />
			<div className="min-w-0 grow">
				<p className="flex flex-wrap items-center gap-2 text-ui">
					{name}
					{session.is_current ? (
						<Badge tone="leaf">{t.settings.thisSession}</Badge>
					) : null}
				</p>
				<p className="text-small text-ink-3">
					<span title={format.dateTime(session.last_used_at)}>
						{t.settings.lastUsed(
							format.relative(Math.min(session.last_used_at, now), now),
						)}
					</span>
					{" · "}
					{t.settings.since(format.day(session.created_at))}
					{session.address ? ` · ${session.address}` : ""}
				</p>
			</div>
			{session.is_current ? (
				<Button onClick={onSignOut}>{t.settings.endSession}</Button>
			) : (
				<Button
					aria-label={t.settings.endSessionOf(name)}
					onClick={() => void end()}
				>
					{t.settings.endSession}
				</Button>
			)}
		</li>
	);
}
