import type { ComponentProps } from "react";
import { useT } from "@/i18n/index.ts";
import { PasswordField } from "./PasswordField.tsx";
import { strengthOf } from "./passwordStrength.ts";

type Props = ComponentProps<typeof PasswordField> & { value: string };

const COLOURS = ["bg-danger", "bg-warn", "bg-leaf", "bg-leaf"];

/**
 * A password to be set: the rule stands before the failure, which takes its place; a line shows how
 * strong it is. Nothing praises what was refused.
 */
export function NewPassword(props: Props) {
	const t = useT();
	const strength = strengthOf(props.value);
	const names = [
		t.auth.strength.weak,
		t.auth.strength.fair,
		t.auth.strength.good,
		t.auth.strength.strong,
	];
	return (
		<div className="grid gap-2">
			<PasswordField
				autoComplete="new-password"
				hint={props.error ? undefined : t.auth.passwordHint}
				{...props}
			/>
			{props.value && !props.error ? (
				<div className="flex items-center gap-2 text-small text-ink-3">
					<span aria-hidden="true" className="grid grow grid-cols-4 gap-1">
						{names.map((name, index) => (
							<span
								key={name}
								className={`h-1 rounded-pill ${index <= strength ? COLOURS[strength] : "bg-active"}`}
							/>
						))}
					</span>
					<span>
						<span className="sr-only">{t.auth.strengthLabel}: </span>
						{names[strength]}
					</span>
				</div>
			) : null}
		</div>
	);
}
