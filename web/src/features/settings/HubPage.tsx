import type { HubInfo, Inviters, Registration } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { loadHub, updateHub, useStore } from "@/stores/index.ts";
import { Choice } from "@/ui/Choice.tsx";
import { DirtyBar } from "@/ui/DirtyBar.tsx";
import { Field } from "@/ui/Field.tsx";
import { requiredFault } from "@/ui/form/rules.ts";
import { FormFault } from "@/ui/form/Submit.tsx";
import { useSavedForm } from "@/ui/form/useSavedForm.ts";
import { Section } from "@/ui/Section.tsx";
import { toast } from "@/ui/toasts.ts";
import { NamedInviters } from "./NamedInviters.tsx";

/** The hub's name and who may come in. */
export function HubPage() {
	const hub = useStore((state) => state.hub);
	return hub ? <HubForm hub={hub} /> : null;
}

function HubForm({ hub }: { hub: HubInfo }) {
	const t = useT();
	const form = useSavedForm({
		saved: valuesOf(hub),
		refresh: async () => valuesOf(await loadHub()),
		validate: ({ name }) => ({ name: requiredFault(t, name) }),
		submit: async ({ name, registration, inviters }) => {
			await updateHub({
				name,
				registration: registrationOf(registration),
				inviters: invitersOf(inviters),
			});
			toast(t.ui.saved, { tone: "success" });
		},
	});
	const options = [
		{ value: "invite" as const, label: t.auth.invite, hint: t.auth.inviteHint },
		{ value: "open" as const, label: t.auth.open, hint: t.auth.openHint },
	];
	const whose = [
		{
			value: "named" as const,
			label: t.settings.invitersNamed,
			hint: t.settings.invitersNamedHint,
		},
		{
			value: "everyone" as const,
			label: t.settings.invitersEveryone,
			hint: t.settings.invitersEveryoneHint,
		},
	];
	const isByInvite = form.values.registration === "invite";
	return (
		<>
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
						value={registrationOf(form.values.registration)}
						onChange={(value) => form.set("registration", value)}
						options={options}
					/>
					{isByInvite ? (
						<Choice
							legend={t.settings.inviters}
							value={invitersOf(form.values.inviters)}
							onChange={(value) => form.set("inviters", value)}
							options={whose}
						/>
					) : null}
					<FormFault text={form.failure} />
				</form>
				<DirtyBar
					form={form}
					labels={{
						name: t.settings.hubName,
						registration: t.settings.registration,
						inviters: t.settings.inviters,
					}}
					wordOf={(key, value) =>
						(key !== "name" &&
							[...options, ...whose].find((one) => one.value === value)
								?.label) ||
						value
					}
				/>
			</Section>
			{isByInvite && form.values.inviters === "named" ? (
				<NamedInviters />
			) : null}
		</>
	);
}

type Values = { name: string; registration: string; inviters: string };

function valuesOf({ name, registration, inviters }: HubInfo): Values {
	return { name, registration, inviters };
}

function registrationOf(value: string): Registration {
	return value === "invite" ? "invite" : "open";
}

function invitersOf(value: string): Inviters {
	return value === "everyone" ? "everyone" : "named";
}
