import { useT } from "@/i18n/index.ts";
import { changePassword, updateProfile, useMe } from "@/stores/index.ts";
import { Field } from "@/ui/Field.tsx";
import { emailFault, passwordFault } from "@/ui/form/rules.ts";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { NewPassword } from "@/ui/NewPassword.tsx";
import { PasswordField } from "@/ui/PasswordField.tsx";
import { Section } from "@/ui/Section.tsx";
import { toast } from "@/ui/toasts.ts";
import { waitText } from "./waitText.ts";

/** E-mail and password; both ask for the present password. */
export function AccountPage() {
	return (
		<>
			<EmailForm />
			<PasswordForm />
		</>
	);
}

function EmailForm() {
	const t = useT();
	const me = useMe();
	const form = useForm({
		initial: { email: me?.email ?? "", current_password: "" },
		validate: ({ email, current_password }) => ({
			email: emailFault(t, email),
			current_password: current_password === "" ? t.auth.required : undefined,
		}),
		explain: (error) => waitText(t, error),
		submit: async ({ email, current_password }) => {
			await updateProfile({ email: email.trim() || null, current_password });
			form.set("current_password", "");
			toast(t.settings.emailChanged, { tone: "success" });
		},
	});
	return (
		<Section title={t.settings.email} lead={t.settings.emailLead}>
			<form {...form.form} className="grid gap-4">
				<Field
					label={t.settings.email}
					type="email"
					autoComplete="email"
					{...form.field("email")}
				/>
				<PasswordField
					label={t.settings.currentPassword}
					hint={t.settings.currentPasswordHint}
					autoComplete="current-password"
					{...form.field("current_password")}
				/>
				<FormFault text={form.failure} />
				<div>
					<Submit size="dialog" busy={form.busy} waitSeconds={form.waitSeconds}>
						{t.ui.save}
					</Submit>
				</div>
			</form>
		</Section>
	);
}

function PasswordForm() {
	const t = useT();
	const form = useForm({
		initial: { current_password: "", new_password: "" },
		validate: ({ current_password, new_password }) => ({
			current_password: current_password === "" ? t.auth.required : undefined,
			new_password: passwordFault(t, new_password),
		}),
		explain: (error) => waitText(t, error),
		submit: async (values) => {
			await changePassword(values);
			form.reset();
			toast(t.settings.passwordChanged, { tone: "success" });
		},
	});
	return (
		<Section title={t.settings.changePassword} lead={t.settings.passwordLead}>
			<form {...form.form} className="grid gap-4">
				<PasswordField
					label={t.settings.currentPassword}
					autoComplete="current-password"
					{...form.field("current_password")}
				/>
				<NewPassword
					label={t.settings.newPassword}
					{...form.field("new_password")}
				/>
				<FormFault text={form.failure} />
				<div>
					<Submit size="dialog" busy={form.busy} waitSeconds={form.waitSeconds}>
						{t.settings.changePassword}
					</Submit>
				</div>
			</form>
		</Section>
	);
}
