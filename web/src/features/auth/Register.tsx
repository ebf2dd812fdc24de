import { Info } from "lucide-react";
import { useEffect, useState } from "react";
import { ApiError } from "@/api/errors.ts";
import type { InvitePreview } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { inviteCodeOf, paths, withQuery } from "@/lib/paths.ts";
import { Link, useQuery } from "@/lib/router.tsx";
import { previewInvite, register, useStore } from "@/stores/index.ts";
import { Field } from "@/ui/Field.tsx";
import { emailFault, passwordFault, usernameFault } from "@/ui/form/rules.ts";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { NewPassword } from "@/ui/NewPassword.tsx";
import { AuthFrame } from "./AuthFrame.tsx";
import { forgetIntent, isIntended } from "./joinIntent.ts";

/**
 * Makes an account; on an invite-only hub with the code of an invite. Elsewhere that of the address
 * joins only who has pressed so on its page: others come there afterwards, and see where it leads.
 */
export default function Register() {
	const t = useT();
	const hub = useStore((state) => state.hub);
	const query = useQuery();
	const needsInvite = hub?.registration === "invite";
	// Once there, the field stays, though the hub may need none any more: somebody may be in it, and
	// whoever sees a code means it.
	const [hasInvite, setHasInvite] = useState(needsInvite);
	if (needsInvite && !hasInvite) setHasInvite(true);
	const given = inviteCodeOf(query.get("next") ?? "") ?? "";
	const inviteFault = (value: string, isNeeded: boolean) => {
		if (value.trim() === "") return isNeeded ? t.auth.required : undefined;
		return inviteCodeOf(value) ? undefined : t.auth.inviteBad;
	};
	const form = useForm({
		initial: {
			username: "",
			password: "",
			email: "",
			invite: given,
		},
		validate: (values) => ({
			username: usernameFault(t, values.username),
			password: passwordFault(t, values.password),
			email: emailFault(t, values.email),
			invite: inviteFault(values.invite, needsInvite),
		}),
		// The hub does not say whether somebody has the address.
		explain: (error) =>
			error instanceof Error && "code" in error && error.code === "taken"
				? t.auth.accountTaken
				: undefined,
		submit: async ({ username, password, email, invite }) => {
			const named = inviteCodeOf(invite);
			const code = named && (hasInvite || isIntended(named)) ? named : null;
			const typed = username.trim();
			await register({
				username: typed,
				password,
				// The hub folds the name's case; others still see it as it was typed.
				...(typed === typed.toLowerCase() ? {} : { display_name: typed }),
				...(email.trim() ? { email: email.trim() } : {}),
				...(code ? { invite: code } : {}),
			}).catch((error: unknown) => {
				// The hub asked for one, or had something against it.
				if (isOfInvite(error)) setHasInvite(true);
				throw error;
			});
			if (code) forgetIntent();
		},
	});
	const isUntouched = form.values.invite === "" && form.values.username === "";
	const preview = usePreview(given);
	const isMeant = inviteCodeOf(form.values.invite) === given;
	const isMembersOnly = needsInvite && isMeant && preview?.opens_hub === false;
	const leadsTo = preview?.opens_hub && isMeant ? preview.server.name : null;
	const closed = isMembersOnly ? undefined : t.auth.registerClosed;
	return (
		<AuthFrame
			title={
				leadsTo === null
					? t.auth.registerTitle(hub?.name ?? t.common.appName)
					: t.auth.registerToJoinServer(leadsTo)
			}
			lead={needsInvite && leadsTo === null ? closed : t.auth.registerLead}
		>
			{isMembersOnly ? (
				<p
					role="status"
					className="flex gap-2 rounded-control bg-active px-3 py-2 text-ui"
				>
					<Info
						aria-hidden="true"
						size={18}
						className="mt-px shrink-0 text-info"
					/>
					{t.auth.inviteForMembers}
				</p>
			) : null}
			<form {...form.form} className="grid gap-4">
				{hasInvite ? (
					<Field
						label={t.auth.inviteCode}
						autoComplete="off"
						// It may come late, when the hub has said that it asks for one.
						autoFocus={isUntouched}
						{...form.field("invite")}
					/>
				) : null}
				<Field
					label={t.auth.username}
					hint={t.auth.usernameHint}
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					autoFocus={!needsInvite || !isUntouched}
					{...form.field("username")}
				/>
				<NewPassword label={t.auth.password} {...form.field("password")} />
				<Field
					label={t.auth.email}
					optional={t.ui.optional}
					hint={t.auth.emailHint}
					type="email"
					autoComplete="email"
					{...form.field("email")}
				/>
				<FormFault text={form.failure} />
				<Submit busy={form.busy} waitSeconds={form.waitSeconds}>
					{t.auth.register}
				</Submit>
			</form>
			<p className="text-ui font-normal text-ink-2">
				{t.auth.haveAccount}{" "}
				<Link
					to={withQuery(paths.login, query)}
					className="font-medium text-link hover:underline"
				>
					{t.auth.signIn}
				</Link>
			</p>
		</AuthFrame>
	);
}

function isOfInvite(error: unknown): boolean {
	return (
		error instanceof ApiError &&
		error.fields.some(({ field }) => field === "invite")
	);
}

/** What the invite that led here leads to, and whether it makes an account: said before the form is filled in. */
function usePreview(code: string): InvitePreview | null {
	const [preview, setPreview] = useState<InvitePreview | null>(null);
	useEffect(() => {
		if (code === "") return;
		const abort = new AbortController();
		previewInvite(code, abort.signal).then(setPreview, () => {
			// The hub says it when the form is sent.
		});
		return () => abort.abort();
	}, [code]);
	return preview?.code === code ? preview : null;
}
