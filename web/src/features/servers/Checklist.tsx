import { Circle, CircleCheck, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Id } from "@/api/types.ts";
import { type Catalog, useFormat, useT } from "@/i18n/index.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { toast } from "@/ui/toasts.ts";
import { markServer, type Step, useFirstSteps } from "./firstSteps.ts";
import { openInvite } from "./openInvite.tsx";

type Props = {
	serverId: Id;
	/** Brings the owner to where the first message is written. */
	onWrite: () => void;
	onCreateChannel: () => void;
};

/** What a new server needs to come alive, until it has it or the owner puts the list aside. */
export function Checklist({ serverId, onWrite, onCreateChannel }: Props) {
	const t = useT();
	const format = useFormat();
	const [now] = useState(Date.now);
	const steps = useFirstSteps(serverId, now);
	const done = steps.filter((step) => step.isDone).length;
	const isReady = steps.length > 0 && done === steps.length;
	useReady(serverId, isReady, steps.length > 0);
	if (steps.length === 0 || isReady) return null;
	const act: Record<Step, () => void> = {
		invite: () => openInvite(serverId),
		message: onWrite,
		channel: onCreateChannel,
	};
	const progress = t.servers.checkProgress(
		format.number(done),
		format.number(steps.length),
	);
	return (
		<section
			aria-label={t.servers.checklist}
			className="m-2 mt-auto rounded-card border border-line bg-raised p-1 [--surface:var(--bg-raised)]"
		>
			<header className="flex items-center ps-2.5">
				<div className="grow">
					<h2 className="text-ui">{t.servers.checklist}</h2>
					<p className="text-small text-ink-3 tabular">{progress}</p>
				</div>
				<IconButton
					label={t.servers.checkDismiss}
					onClick={() => markServer(serverId, "hidden")}
				>
					<X aria-hidden="true" size={16} />
				</IconButton>
			</header>
			<ul className="grid pt-1">
				{steps.map((step) => (
					<Item
						key={step.name}
						label={labelOf(t, step.name)}
						isDone={step.isDone}
						onPress={act[step.name]}
					/>
				))}
			</ul>
		</section>
	);
}

function Item({
	label,
	isDone,
	onPress,
}: {
	label: string;
	isDone: boolean;
	onPress: () => void;
}) {
	const t = useT();
	const row =
		"flex min-h-8 w-full items-center gap-2 rounded-control px-2.5 py-1 text-start text-ui coarse:min-h-11";
	if (isDone)
		return (
			<li className={`${row} text-ink-3`}>
				<CircleCheck
					aria-hidden="true"
					size={16}
					className="shrink-0 text-leaf"
				/>
				<span aria-hidden="true">{label}</span>
				<span className="sr-only">{t.servers.checkDone(label)}</span>
			</li>
		);
	return (
		<li>
			<button
				type="button"
				onClick={onPress}
				className={`${row} inset-ring-focus text-ink-1 hover:bg-hover`}
			>
				<Circle aria-hidden="true" size={16} className="shrink-0 text-ink-3" />
				{label}
			</button>
		</li>
	);
}

function labelOf(t: Catalog, step: Step): string {
	const labels: Record<Step, string> = {
		invite: t.servers.checkInvite,
		message: t.servers.checkMessage,
		channel: t.servers.checkChannel,
	};
	return labels[step];
}

/** Says when the last step is taken while one looks on; a list that was whole before says nothing. */
function useReady(serverId: Id, isReady: boolean, isListed: boolean): void {
	const t = useT();
	const sawOpen = useRef<Id>(undefined);
	useEffect(() => {
		if (isListed && !isReady) sawOpen.current = serverId;
		if (!isReady || sawOpen.current !== serverId) return;
		sawOpen.current = undefined;
		markServer(serverId, "hidden");
		toast(t.servers.checkReady, { tone: "success" });
	}, [serverId, isReady, isListed, t]);
}
