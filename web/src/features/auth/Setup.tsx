import { useState } from "react";
import type { Registration } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useLocation } from "@/lib/router.tsx";
import { ApiError, setupHub } from "@/stores/index.ts";
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
	const [registration, setRegistration] = useState<Registration>("open");
	const form = useForm({
		initial: { hub_name: "", username: "", password: "", email: "" },
		validate: (values) => ({
			hub_name: requiredFault(t, values.hub_name),
			username: usernameFault(t, values.username),
			password: passwordFault(t, values.password),
			email: emailFault(t, values.email),
		}),
		submit: async ({ hub_name, username, password, email }) => {
			await setupHub({
				token: token ?? "",
				hub_name: hub_name.trim(),
				username: username.trim(),
				password,
				registration,
				...(email.trim() ? { email: email.trim() } : {}),
			});
		},
		explain: (error) =>
			error instanceof ApiError &&
			(error.code === "forbidden" || error.code === "not_found")
				? t.auth.setupWrongToken
				: undefined,
	});
	if (!token) return <NotSetUp />;
	return (
		<AuthFrame title={t.auth.setupTitle} lead={t.auth.setupLead}>
			<form {...form.form} className="grid gap-5">
				<Field
					label={t.auth.hubName}
					hint={t.auth.hubNameHint}
					autoComplete="off"
					autoFocus
					{...form.field("hub_name")}
				/>
				<Choice
					legend={t.auth.registration}
					value={registration}
					onChange={setRegistration}
					options={[
						{ value: "open", label: t.auth.open, hint: t.auth.openHint },
						{ value: "invite", label: t.auth.invite, hint: t.auth.inviteHint },
					]}
				/>
				<fieldset className="grid gap-4 border-t border-line pt-4">
					<legend className="float-start w-full pb-1 text-head">
						{t.auth.adminAccount}
					</legend>
					<p className="text-small text-ink-3">{t.auth.adminAccountHint}</p>
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
