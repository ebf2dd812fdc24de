import { limits } from "@/api/limits.ts";
import { useT } from "@/i18n/index.ts";
import { loadMe, updateProfile, useMe } from "@/stores/index.ts";
import { Avatar, hueOf } from "@/ui/Avatar.tsx";
import { DirtyBar } from "@/ui/DirtyBar.tsx";
import { Field } from "@/ui/Field.tsx";
import { requiredFault } from "@/ui/form/rules.ts";
import { FormFault } from "@/ui/form/Submit.tsx";
import { useSavedForm } from "@/ui/form/useSavedForm.ts";
import { Section } from "@/ui/Section.tsx";
import { toast } from "@/ui/toasts.ts";

/** The name others see, with the card as they see it. */
export function ProfilePage() {
	const t = useT();
	const me = useMe();
	const form = useSavedForm({
		saved: { display_name: me?.display_name ?? "" },
		refresh: async () => {
			const { display_name } = await loadMe();
			return { display_name };
		},
		validate: ({ display_name }) => ({
			display_name:
				requiredFault(t, display_name) ??
				([...display_name.trim()].length > limits.displayNameCharsMax
					? t.errors.fields.too_long(limits.displayNameCharsMax)
					: undefined),
		}),
		submit: async ({ display_name }) => {
			await updateProfile({ display_name });
			toast(t.ui.saved, { tone: "success" });
		},
	});
	if (!me) return null;
	return (
		<>
			<Section title={t.settings.preview}>
				<div className="max-w-80 overflow-hidden rounded-card border border-line bg-raised">
					<div
						className="h-14"
						style={{ background: `oklch(0.42 0.075 ${hueOf(me.id)})` }}
					/>
					<div className="px-4 pb-4">
						<div className="-mt-8 w-fit rounded-pill border-4 border-raised">
							<Avatar
								id={me.id}
								name={form.values.display_name || me.username}
								size={56}
							/>
						</div>
						<p dir="auto" className="mt-2 text-title wrap-anywhere">
							{form.values.display_name}
						</p>
						<p className="text-ui text-ink-2">@{me.username}</p>
					</div>
				</div>
			</Section>
			<Section>
				<form {...form.form} className="grid gap-4">
					<Field
						label={t.settings.displayName}
						hint={t.settings.displayNameHint}
						dir="auto"
						autoComplete="nickname"
						{...form.field("display_name")}
					/>
					<Field
						label={t.settings.username}
						hint={t.settings.usernameHint}
						value={me.username}
						readOnly
					/>
					<FormFault text={form.failure} />
				</form>
			</Section>
			<DirtyBar form={form} labels={{ display_name: t.settings.displayName }} />
		</>
	);
}
