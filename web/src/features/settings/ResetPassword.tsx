import { KeyRound } from "lucide-react";
import type { Me, PasswordResetLink } from "@/api/types.ts";
import { useFormat, useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { Link } from "@/lib/router.tsx";
import { createPasswordReset, useMe } from "@/stores/index.ts";
import { Button, buttonClass } from "@/ui/Button.tsx";
import { copyText } from "@/ui/copyText.ts";
import { Dialog, DialogBody, DialogFoot } from "@/ui/Dialog.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { PasswordField } from "@/ui/PasswordField.tsx";
import { attempt } from "@/ui/tellFault.ts";
import { waitText } from "./waitText.ts";

/**
 * Leads to a new password of an account: by a one-time link, which for another administrator needs
 * the own password. The own password is changed where it is asked for.
 */
export function ResetPassword({ user }: { user: Me }) {
	const t = useT();
	const me = useMe();
	if (user.id === me?.id)
		return (
			<Link to={paths.settings("account")} className={buttonClass()}>
				<KeyRound aria-hidden="true" size={16} />
				{t.settings.changePassword}
			</Link>
		);
	const make = async () => {
		if (user.is_admin) {
			openDialog((close) => <AdminDialog user={user} onClose={close} />);
			return;
		}
		const made = createPasswordReset(user.id, {});
		const failed = t.notDone.reset(user.display_name);
		if (await attempt(["reset", user.id], failed, made))
			showLink(user, await made);
	};
	return (
		<Button
			aria-label={t.settings.resetLinkOf(user.display_name)}
			onClick={() => void make()}
		>
			<KeyRound aria-hidden="true" size={16} />
			{t.settings.resetLink}
		</Button>
	);
}

function showLink(user: Me, link: PasswordResetLink) {
	openDialog((close) => <LinkDialog user={user} link={link} onClose={close} />);
}

function AdminDialog({ user, onClose }: { user: Me; onClose: () => void }) {
	const t = useT();
	const form = useForm({
		initial: { current_password: "" },
		validate: ({ current_password }) => ({
			current_password: current_password === "" ? t.auth.required : undefined,
		}),
		explain: (error) => waitText(t, error),
		submit: async (values) => {
			const link = await createPasswordReset(user.id, values);
			onClose();
			showLink(user, link);
		},
	});
	return (
		<Dialog
			title={t.settings.resetLinkOf(user.display_name)}
			description={t.settings.resetOfAdmin}
			onClose={onClose}
		>
			<form {...form.form}>
				<DialogBody>
					<PasswordField
						label={t.settings.yourPassword}
						autoComplete="current-password"
						{...form.field("current_password")}
					/>
					<FormFault text={form.failure} />
				</DialogBody>
				<DialogFoot>
					<Button size="dialog" onClick={onClose}>
						{t.ui.cancel}
					</Button>
					<Submit size="dialog" busy={form.busy} waitSeconds={form.waitSeconds}>
						{t.settings.resetLink}
					</Submit>
				</DialogFoot>
			</form>
		</Dialog>
	);
}

function LinkDialog({
	user,
	link,
	onClose,
}: {
	user: Me;
	link: PasswordResetLink;
	onClose: () => void;
}) {
	const t = useT();
	const format = useFormat();
	return (
		<Dialog
			title={t.settings.resetLinkTitle(user.display_name)}
			description={t.settings.resetLinkText(format.dateTime(link.expires_at))}
			onClose={onClose}
		>
			<DialogBody>
				<code className="rounded-control bg-side p-3 font-mono text-small wrap-anywhere select-all">
					{link.url}
				</code>
			</DialogBody>
			<DialogFoot>
				<Button
					size="dialog"
					look="primary"
					onClick={() => void copyText(link.url)}
				>
					{t.servers.copyLink}
				</Button>
			</DialogFoot>
		</Dialog>
	);
}
