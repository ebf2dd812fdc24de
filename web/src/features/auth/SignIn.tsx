import { useT } from "@/i18n/index.ts";
import { Link, useQuery } from "@/lib/router.tsx";
import { signIn, useStore } from "@/stores/index.ts";
import { Field } from "@/ui/Field.tsx";
import { requiredFault } from "@/ui/form/rules.ts";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { PasswordField } from "@/ui/PasswordField.tsx";
import { AuthFrame } from "./AuthFrame.tsx";
import { EndedNotice } from "./EndedNotice.tsx";

/** Sign in by name or e-mail. What follows is decided by the routes, once the session is there. */
export function SignIn() {
	const t = useT();
	const hub = useStore((state) => state.hub);
	const query = useQuery();
	const form = useForm({
		initial: { login: "", password: "" },
		validate: (values) => ({
			login: requiredFault(t, values.login),
			password: values.password === "" ? t.auth.required : undefined,
		}),
		submit: ({ login, password }) => signIn({ login: login.trim(), password }),
	});
	return (
		<AuthFrame
			title={t.auth.signInTitle(hub?.name ?? t.common.appName)}
			lead={t.auth.signInLead}
		>
			<EndedNotice />
			<form {...form.form} className="grid gap-4">
				<Field
					label={t.auth.login}
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					autoFocus
					{...form.field("login")}
				/>
				<PasswordField
					label={t.auth.password}
					autoComplete="current-password"
					{...form.field("password")}
				/>
				<FormFault text={form.failure} />
				<Submit busy={form.busy} waitSeconds={form.waitSeconds}>
					{t.auth.signIn}
				</Submit>
			</form>
			<footer className="grid gap-2 text-ui font-normal text-ink-2">
				<p>
					{t.auth.noAccount}{" "}
					<Link
						to={`/register?${query}`}
						className="font-medium text-link hover:underline"
					>
						{t.auth.register}
					</Link>
				</p>
				<p className="text-small text-ink-3">{t.auth.forgot}</p>
			</footer>
		</AuthFrame>
	);
}
