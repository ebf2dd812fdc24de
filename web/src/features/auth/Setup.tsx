import { useEffect, useState } from "react";
import type { Registration } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { Link, useLocation } from "@/lib/router.tsx";
import { ApiError, setupHub, updateProfile, useStore } from "@/stores/index.ts";
import { buttonClass } from "@/ui/Button.tsx";
import { Choice } from "@/ui/Choice.tsx";
import { Field } from "@/ui/Field.tsx";
import {
	emailFault,
	passwordFault,
	requiredFault,
	usernameFault,
} from "@/ui/form/rules.ts";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { NewPassword } from "@/ui/NewPassword.tsx";
import { AuthFrame } from "./AuthFrame.tsx";
import NotSetUp from "./NotSetUp.tsx";

/** The first page of a fresh hub. Its link carries the token in the part that is never sent. */
export default function Setup() {
	const t = useT();
	const token = new URLSearchParams(useLocation().hash.slice(1)).get("token");
	const hub = useStore((state) => state.hub);
	if (hub && !hub.setup_needed)
		return (
			<AuthFrame title={t.auth.setupDoneTitle} lead={t.auth.setupDone}>
				<Link
					className={buttonClass({ look: "primary", size: "wide" })}
					to={paths.login}
				>
					{t.auth.signIn}
				</Link>
			</AuthFrame>
		);
	return token ? <SetupForm token={token} /> : <NotSetUp />;
}

/** What the hub is called as long as nobody has named it. */
const NAMELESS = "Battala Hub";

function SetupForm({ token }: { token: string }) {
	const t = useT();
	// What the hub's settings say already, to begin with.
	const preset = useStore((state) => state.hub);
	const [chosen, setRegistration] = useState<Registration>();
	const registration = chosen ?? preset?.registration ?? "invite";
	const form = useForm({
		initial: { hub_name: "", username: "", password: "", email: "" },
		validate: (values) => ({
			hub_name: requiredFault(t, values.hub_name),
			username: usernameFault(t, values.username),
			password: passwordFault(t, values.password),
			email: emailFault(t, values.email),
		}),
		submit: async ({ hub_name, username, password, email }) => {
			const typed = username.trim();
			await setupHub({
				token,
				hub_name: hub_name.trim(),
				username: typed,
				password,
				registration,
				...(email.trim() ? { email: email.trim() } : {}),
			});
			// The hub folds the name's case; others still see it as it was typed.
			if (typed !== typed.toLowerCase())
				await updateProfile({ display_name: typed }).catch(() => {});
		},
		explain: (error) =>
			error instanceof ApiError &&
			(error.code === "forbidden" || error.code === "not_found")
				? t.auth.setupWrongToken
				: undefined,
	});
	const { set } = form;
	const named = preset?.name;
	// The hub may answer after the page is there.
	// biome-ignore lint/correctness/useExhaustiveDependencies: once, when the name comes
	useEffect(() => {
		if (named && named !== NAMELESS && form.values.hub_name === "")
			set("hub_name", named);
	}, [named]);
	return (
		<AuthFrame title={t.auth.setupTitle} lead={t.auth.setupLead}>
			<form {...form.form} className="grid gap-3">
				<Field
					label={t.auth.hubName}
					hint={t.auth.hubNameHint}
					dir="auto"
					autoComplete="off"
					autoFocus
					{...form.field("hub_name")}
				/>
				<Choice
					legend={t.auth.registration}
					value={registration}
					onChange={setRegistration}
					options={[
						{ value: "invite", label: t.auth.invite, hint: t.auth.inviteHint },
						{ value: "open", label: t.auth.open, hint: t.auth.openHint },
					]}
				/>
				<fieldset className="grid gap-3.5 border-t border-line pt-3">
					<legend className="float-start w-full text-head">
						{t.auth.adminAccount}
					</legend>
					<p className="-mt-3 text-small text-ink-3">
						{t.auth.adminAccountHint}
					</p>
					<Field
						label={t.auth.username}
						hint={t.auth.usernameHint}
						autoComplete="username"
						autoCapitalize="none"
						spellCheck={false}
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
				</fieldset>
				<FormFault text={form.failure} />
				<Submit busy={form.busy} waitSeconds={form.waitSeconds}>
					{t.auth.setupGo}
				</Submit>
			</form>
		</AuthFrame>
	);
}
