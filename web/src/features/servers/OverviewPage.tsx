import { limits } from "@/api/limits.ts";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { loadServer, renameServer, useStore } from "@/stores/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { Button } from "@/ui/Button.tsx";
import { DirtyBar } from "@/ui/DirtyBar.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { Field } from "@/ui/Field.tsx";
import { requiredFault } from "@/ui/form/rules.ts";
import { FormFault } from "@/ui/form/Submit.tsx";
import { useSavedForm } from "@/ui/form/useSavedForm.ts";
import { Section } from "@/ui/Section.tsx";
import { toast } from "@/ui/toasts.ts";
import { DeleteServerDialog } from "./lazyDialogs.ts";

/** The server's name, and its end. */
export function OverviewPage({ serverId }: { serverId: Id }) {
	const t = useT();
	const name = useStore((state) => state.servers.byId[serverId]?.name ?? "");
	const form = useSavedForm({
		saved: { name },
		refresh: async () => {
			const { server } = await loadServer(serverId);
			return { name: server.name };
		},
		validate: (values) => ({
			name:
				requiredFault(t, values.name) ??
				([...values.name.trim()].length > limits.serverNameCharsMax
					? t.errors.fields.too_long(limits.serverNameCharsMax)
					: undefined),
		}),
		submit: async (values) => {
			await renameServer(serverId, values.name);
			toast(t.ui.saved, { tone: "success" });
		},
	});
	return (
		<>
			<Section>
				<form {...form.form} className="flex items-start gap-5">
					<Avatar
						id={serverId}
						name={form.values.name || name}
						size={72}
						shape="tile"
					/>
					<div className="grid grow gap-3">
						<Field
							label={t.servers.name}
							hint={t.servers.renameHint}
							dir="auto"
							autoComplete="off"
							{...form.field("name")}
						/>
						<FormFault text={form.failure} />
					</div>
				</form>
			</Section>
			<Section
				tone="danger"
				title={t.servers.dangerZone}
				lead={t.servers.dangerText}
			>
				<div>
					<Button
						look="danger"
						onClick={() =>
							openDialog((close) => (
								<DeleteServerDialog serverId={serverId} onClose={close} />
							))
						}
					>
						{t.servers.deleteServer}
					</Button>
				</div>
			</Section>
			<DirtyBar form={form} labels={{ name: t.servers.name }} />
		</>
	);
}
