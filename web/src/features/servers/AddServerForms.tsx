import { useT } from "@/i18n/index.ts";
import { inviteCodeOf, paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { ApiError, createServer, joinInvite } from "@/stores/index.ts";
import { Field } from "@/ui/Field.tsx";
import { requiredFault } from "@/ui/form/rules.ts";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";

type Props = { onDone: () => void };

/** The two ways into a server, side by side. */
export function AddServerForms({ onDone }: Props) {
	return (
		<div className="grid items-start gap-4 tablet:grid-cols-2">
			<CreateForm onDone={onDone} />
			<JoinForm onDone={onDone} />
		</div>
	);
}

const card =
	"grid h-full content-start gap-4 rounded-card border border-line bg-side p-4";

function CreateForm({ onDone }: Props) {
	const t = useT();
	const form = useForm({
		initial: { name: "" },
		validate: ({ name }) => ({ name: requiredFault(t, name) }),
		submit: async ({ name }) => {
			const { server, channels } = await createServer(name.trim());
			onDone();
			const first = channels[0];
			goTo(
				first ? paths.channel(server.id, first.id) : paths.server(server.id),
			);
		},
	});
	return (
		<form {...form.form} className={card}>
			<div>
				<h2 className="text-head">{t.servers.createTitle}</h2>
				<p className="text-ui font-normal text-ink-2">{t.servers.createLead}</p>
			</div>
			<Field
				label={t.servers.name}
				placeholder={t.servers.namePlaceholder}
				dir="auto"
				autoComplete="off"
				{...form.field("name")}
			/>
			<FormFault text={form.failure} />
			<Submit busy={form.busy} waitSeconds={form.waitSeconds}>
				{t.servers.create}
			</Submit>
		</form>
	);
}

function JoinForm({ onDone }: Props) {
	const t = useT();
	const form = useForm({
		initial: { invite: "" },
		validate: ({ invite }) => ({
			invite:
				requiredFault(t, invite) ??
				(inviteCodeOf(invite) ? undefined : t.auth.inviteBad),
		}),
		submit: async ({ invite }) => {
			const { server } = await joinInvite(inviteCodeOf(invite) ?? "");
			onDone();
			goTo(paths.server(server.id));
		},
		explain: (error) =>
			error instanceof ApiError && error.code === "not_found"
				? t.servers.inviteGone
				: undefined,
	});
	return (
		<form {...form.form} className={card}>
			<div>
				<h2 className="text-head">{t.servers.joinTitle}</h2>
				<p className="text-ui font-normal text-ink-2">{t.servers.joinLead}</p>
			</div>
			<Field
				label={t.servers.inviteField}
				placeholder={t.servers.invitePlaceholder}
				autoComplete="off"
				autoCapitalize="none"
				spellCheck={false}
				{...form.field("invite")}
			/>
			<FormFault text={form.failure} />
			<Submit busy={form.busy} waitSeconds={form.waitSeconds}>
				{t.servers.join}
			</Submit>
		</form>
	);
}
