import { useState } from "react";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { Link, useLocation } from "@/lib/router.tsx";
import { ApiError, resetPassword } from "@/stores/index.ts";
import { Gate } from "@/ui/art/scenes.tsx";
import { buttonClass } from "@/ui/Button.tsx";
import { passwordFault } from "@/ui/form/rules.ts";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { NewPassword } from "@/ui/NewPassword.tsx";
import { AuthFrame } from "./AuthFrame.tsx";

/** Where a one-time link from an administrator leads. */
export default function ResetPassword() {
	const t = useT();
	const token = new URLSearchParams(useLocation().hash.slice(1)).get("token");
	const [outcome, setOutcome] = useState<"open" | "done" | "bad">(
		token ? "open" : "bad",
	);
	const form = useForm({
		initial: { password: "" },
		validate: ({ password }) => ({ password: passwordFault(t, password) }),
		submit: async ({ password }) => {
			try {
				await resetPassword({ token: token ?? "", password });
				setOutcome("done");
			} catch (error) {
				if (
					!(error instanceof ApiError) ||
					(error.code !== "not_found" && error.code !== "forbidden")
				)
					throw error;
				setOutcome("bad");
			}
		},
	});
	if (outcome !== "open")
		return (
			<AuthFrame
				title={t.auth.resetTitle}
				lead={outcome === "done" ? t.auth.resetDone : t.auth.resetBad}
			>
				{outcome === "bad" ? (
					<div className="grid justify-items-center">
						<Gate />
					</div>
				) : null}
				<Link
					className={buttonClass({ look: "primary", size: "wide" })}
					to={paths.login}
				>
					{t.auth.signIn}
				</Link>
			</AuthFrame>
		);
	return (
		<AuthFrame title={t.auth.resetTitle} lead={t.auth.resetLead}>
			<form {...form.form} className="grid gap-4">
				<NewPassword
					label={t.auth.newPassword}
					autoFocus
					{...form.field("password")}
				/>
				<FormFault text={form.failure} />
				<Submit busy={form.busy} waitSeconds={form.waitSeconds}>
					{t.auth.resetGo}
				</Submit>
			</form>
		</AuthFrame>
	);
}
