import { Copy } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { ApiError } from "@/api/errors.ts";
import type { Id, Invite } from "@/api/types.ts";
import { type Catalog, errorText, useFormat, useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import {
	createInvite,
	revokeInvite,
	useCan,
	useStore,
} from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { copyText } from "@/ui/copyText.ts";
import { Dialog, DialogBody } from "@/ui/Dialog.tsx";
import { FieldFrame, inputClass } from "@/ui/FieldFrame.tsx";
import { FormFault } from "@/ui/form/Submit.tsx";
import { isUnanswered } from "@/ui/reached.ts";
import { Select } from "@/ui/Select.tsx";
import { Skeleton } from "@/ui/Skeleton.tsx";

const AGES_S = {
	hour: 3600,
	day: 86_400,
	week: 604_800,
	month: 2_592_000,
	never: null,
};
const USES = { one: 1, ten: 10, hundred: 100, unlimited: null };
type Age = keyof typeof AGES_S;
type Uses = keyof typeof USES;

/**
 * Opens with a link ready to be copied. Other terms bring another link, and one that was made for this
 * and that nobody has taken from here is revoked then. What did not come is asked for again by a press
 * only: the hub may have made it, and may make one more each time.
 */
export default function InviteDialog({
	serverId,
	onClose,
}: {
	serverId: Id;
	onClose: () => void;
}) {
	const t = useT();
	const format = useFormat();
	const name = useStore((state) => state.servers.byId[serverId]?.name ?? "");
	const isByInvite = useStore((state) => state.hub?.registration === "invite");
	const [age, setAge] = useState<Age>("week");
	const [uses, setUses] = useState<Uses>("unlimited");
	const [invite, setInvite] = useState<Invite>();
	const [fault, setFault] = useState<unknown>();
	const [attempt, setAttempt] = useState(0);
	const field = useRef<HTMLInputElement>(null);
	const copy = useRef<HTMLButtonElement>(null);
	const waiting = useRef<HTMLDivElement>(null);
	const again = useRef<HTMLButtonElement>(null);
	const untaken = useRef<string>(undefined);
	const taken = () => {
		untaken.current = undefined;
	};
	// biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is asked for
	useEffect(() => {
		let isOn = true;
		setInvite(undefined);
		setFault(undefined);
		const reuse = isForAll(age, uses);
		createInvite(serverId, {
			expires_in_s: AGES_S[age],
			uses_max: USES[uses],
			reuse,
		}).then(
			(given) => {
				const made = reuse ? undefined : given.code;
				const former = isOn ? untaken.current : made;
				if (former) void revokeInvite(serverId, former).catch(() => {});
				if (!isOn) return;
				untaken.current = made;
				const isHeld = isFocusIn(waiting.current);
				flushSync(() => setInvite(given));
				if (isHeld) copy.current?.focus();
				showEnd(field.current);
			},
			(error: unknown) => {
				if (!isOn) return;
				const isHeld = isFocusIn(waiting.current);
				flushSync(() => setFault(error));
				if (isHeld) again.current?.focus();
			},
		);
		return () => {
			isOn = false;
		};
	}, [serverId, age, uses, attempt]);
	const askAgain = () => {
		flushSync(() => {
			setFault(undefined);
			setAttempt((n) => n + 1);
		});
		waiting.current?.focus();
	};
	const link = invite ? `${location.origin}${paths.invite(invite.code)}` : "";
	return (
		<Dialog title={t.servers.inviteTitle(name)} onClose={onClose} width="wide">
			<DialogBody>
				<FieldFrame
					label={t.servers.inviteLink}
					hint={
						invite?.expires_at
							? t.auth.expires(format.relative(invite.expires_at, Date.now()))
							: undefined
					}
				>
					{(ids) => (
						<div className="flex gap-2 max-tablet:flex-col">
							{invite ? (
								<input
									{...ids}
									ref={field}
									readOnly
									value={link}
									onFocus={(event) => event.target.select()}
									onBlur={(event) => showEnd(event.target)}
									onCopy={taken}
									className={`${inputClass} h-10 font-mono coarse:h-11`}
								/>
							) : fault ? (
								<Button
									ref={again}
									className="h-10! grow coarse:h-11!"
									onClick={askAgain}
								>
									{t.ui.retry}
								</Button>
							) : (
								<div
									ref={waiting}
									data-first
									tabIndex={-1}
									aria-busy="true"
									className="grow outline-none"
								>
									<Skeleton className="h-10 coarse:h-11" />
								</div>
							)}
							<Button
								ref={copy}
								look="primary"
								className="h-10! coarse:h-11!"
								disabled={!invite}
								onClick={() => {
									taken();
									void copyText(link, field.current);
								}}
							>
								<Copy aria-hidden="true" size={16} />
								{t.servers.copyLink}
							</Button>
						</div>
					)}
				</FieldFrame>
				<InviteFault serverId={serverId} fault={fault} />
				{isByInvite && invite ? (
					<p role="status" className="text-ui text-ink-2">
						{invite.opens_hub
							? t.servers.inviteOpensHub
							: t.servers.inviteForMembers}
					</p>
				) : null}
				<div className="grid gap-4 pb-2 tablet:grid-cols-2">
					<Select
						label={t.servers.expiresLabel}
						value={age}
						options={keysOf(AGES_S).map((value) => ({
							value,
							label: t.servers.ages[value],
						}))}
						onChange={(event) => setAge(pick(AGES_S, event.target.value, age))}
					/>
					<Select
						label={t.servers.usesLabel}
						value={uses}
						options={keysOf(USES).map((value) => ({
							value,
							label: t.servers.usesMax[value],
						}))}
						onChange={(event) => setUses(pick(USES, event.target.value, uses))}
					/>
				</div>
			</DialogBody>
		</Dialog>
	);
}

/**
 * Whether one link does for whoever is invited, today and later. One for some uses is for those whom it is
 * given to: others would take their places.
 */
function isForAll(age: Age, uses: Uses): boolean {
	return USES[uses] === null && age !== "hour";
}

/** Why there is no link, and what can be done about it by who reads it. */
function InviteFault({ serverId, fault }: { serverId: Id; fault: unknown }) {
	const t = useT();
	const canRevoke = useCan(serverId, "manageServer");
	const full = canRevoke ? t.servers.invitesFull : t.servers.ownInvitesFull;
	return <FormFault text={fault ? faultText(t, fault, full) : undefined} />;
}

function faultText(t: Catalog, fault: unknown, full: string): string {
	if (isUnanswered(fault)) return t.servers.inviteUnanswered;
	const isFull = fault instanceof ApiError && fault.code === "limit_reached";
	return isFull ? full : errorText(t, fault);
}

/** Who has gone on to the terms meanwhile stays there. */
function isFocusIn(part: HTMLElement | null): boolean {
	return part?.contains(document.activeElement) ?? false;
}

/** What tells one link from another is at its end. */
function showEnd(field: HTMLInputElement | null): void {
	if (field) field.scrollLeft = field.scrollWidth;
}

function keysOf<T extends object>(table: T): (keyof T & string)[] {
	return Object.keys(table).filter(
		(key): key is keyof T & string => key in table,
	);
}

function pick<T extends object>(
	table: T,
	value: string,
	otherwise: keyof T & string,
): keyof T & string {
	return keysOf(table).find((key) => key === value) ?? otherwise;
}
