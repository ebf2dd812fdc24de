import { useRef } from "react";
import { useT } from "@/i18n/index.ts";
import { paths, withQuery } from "@/lib/paths.ts";
import { Link, useQuery } from "@/lib/router.tsx";
import { ApiError, signIn, useStore } from "@/stores/index.ts";
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
	/** Names whose password was wrong on this page. */
	const failed = useRef(new Set<string>());
	const form = useForm({
		initial: { login: "", password: "" },
		validate: (values) => ({
			login: requiredFault(t, values.login),
			password: values.password === "" ? t.auth.required : undefined,
		}),
		// A name that waits holds up no other: families share a browser, and names are mistyped.
		waitOf: ({ login }) => nameOf(login),
		explain: (error, { login }) => {
			if (!(error instanceof ApiError) || error.code !== "rate_limited") return;
			// The whole address is too fast, whatever the name: the general words say that.
			if (error.isRateSpent) return;
			return failed.current.has(nameOf(login))
				? t.auth.guessedHere
				: t.auth.guessed;
		},
		submit: async ({ login, password }) => {
			try {
				await signIn({ login: login.trim(), password });
			} catch (error) {
				if (error instanceof ApiError && error.code === "invalid_credentials")
					failed.current.add(nameOf(login));
				throw error;
			}
		},
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
						to={withQuery(paths.register, query)}
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

function nameOf(login: string): string {
	return login.trim().toLowerCase();
}
