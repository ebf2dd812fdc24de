import { limits } from "@/api/limits.ts";
import { useT } from "@/i18n/index.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog, DialogBody, DialogFoot } from "@/ui/Dialog.tsx";
import { Field, TextArea } from "@/ui/Field.tsx";
import { requiredFault } from "@/ui/form/rules.ts";
import { FormFault, Submit } from "@/ui/form/Submit.tsx";
import { useForm } from "@/ui/form/useForm.ts";
import { useTypedWords } from "@/ui/typedWords.ts";

type Values = { name: string; topic: string };

type Props = {
	title: string;
	lead?: string;
	action: string;
	initial: Values;
	onSave: (values: Values) => Promise<void>;
	onClose: () => void;
};

/** Name and topic of a channel, new or not. */
export function ChannelForm({
	title,
	lead,
	action,
	initial,
	onSave,
	onClose,
}: Props) {
	const t = useT();
	const tooLong = (value: string, max: number) =>
		[...value.trim()].length > max ? t.errors.fields.too_long(max) : undefined;
	const form = useForm({
		initial,
		validate: ({ name, topic }) => ({
			name: requiredFault(t, name) ?? tooLong(name, limits.channelNameCharsMax),
			topic: tooLong(topic, limits.topicCharsMax),
		}),
		submit: async ({ name, topic }) => {
			await onSave({ name: name.trim(), topic: topic.trim() });
			onClose();
		},
	});
	const { name, topic } = form.values;
	useTypedWords([
		name === initial.name ? "" : name,
		topic === initial.topic ? "" : topic,
	]);
	return (
		<Dialog
			title={title}
			description={lead}
			onClose={onClose}
			dirty={form.isDirty && !form.busy}
		>
			<form {...form.form} className="contents">
				<DialogBody>
					<Field
						label={t.channels.name}
						hint={t.channels.nameHint}
						dir="auto"
						autoComplete="off"
						{...form.field("name")}
					/>
					<TextArea
						label={t.channels.topic}
						optional={t.ui.optional}
						hint={t.channels.topicHint}
						dir="auto"
						{...form.field("topic")}
					/>
					<FormFault text={form.failure} />
				</DialogBody>
				<DialogFoot>
					<Button size="dialog" onClick={onClose}>
						{t.ui.cancel}
					</Button>
					<Submit size="dialog" busy={form.busy} waitSeconds={form.waitSeconds}>
						{action}
					</Submit>
				</DialogFoot>
			</form>
		</Dialog>
	);
}
