import { useState } from "react";
import type { Registration } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { updateHub, useStore } from "@/stores/index.ts";
import { Choice } from "@/ui/Choice.tsx";
import { DirtyBar } from "@/ui/DirtyBar.tsx";
import { Field } from "@/ui/Field.tsx";
import { requiredFault } from "@/ui/form/rules.ts";
import { FormFault } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { Section } from "@/ui/Section.tsx";
import { toast } from "@/ui/toasts.ts";

/** The hub's name and who may come in. */
export function HubPage() {
	const t = useT();
	const hub = useStore((state) => state.hub);
	const [chosen, setChosen] = useState<Registration>();
	const registration = chosen ?? hub?.registration ?? "open";
	const form = useForm({
		initial: { name: hub?.name ?? "" },
		validate: ({ name }) => ({ name: requiredFault(t, name) }),
		submit: async ({ name }) => {
			await updateHub({ name: name.trim(), registration });
			toast(t.ui.saved, { tone: "success" });
		},
	});
	if (!hub) return null;
	return (
		<Section>
			<form {...form.form} className="grid gap-4">
				<Field
					label={t.settings.hubName}
					dir="auto"
					autoComplete="off"
					{...form.field("name")}
				/>
				<Choice
					legend={t.settings.registration}
					value={registration}
					onChange={setChosen}
					options={[
						{ value: "open", label: t.auth.open, hint: t.auth.openHint },
						{ value: "invite", label: t.auth.invite, hint: t.auth.inviteHint },
					]}
				/>
				<FormFault text={form.failure} />
			</form>
			<DirtyBar
				isDirty={
					form.values.name !== hub.name || registration !== hub.registration
				}
				busy={form.busy}
				waitSeconds={form.waitSeconds}
				onReset={() => {
					form.set("name", hub.name);
					setChosen(undefined);
				}}
				onSave={() => void form.submit()}
			/>
		</Section>
	);
}
