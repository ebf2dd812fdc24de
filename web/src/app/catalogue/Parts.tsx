import { Pencil, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Avatar } from "@/ui/Avatar.tsx";
import Banyan from "@/ui/art/Banyan.tsx";
import { Gate, Lantern, Letter, Owl, Pot } from "@/ui/art/scenes.tsx";
import { Badge } from "@/ui/Badge.tsx";
import { Button } from "@/ui/Button.tsx";
import { Choice } from "@/ui/Choice.tsx";
import { ConfirmDialog } from "@/ui/ConfirmDialog.tsx";
import { DialogHost, openDialog } from "@/ui/dialogs.tsx";
import { ErrorState } from "@/ui/ErrorState.tsx";
import { Field, TextArea } from "@/ui/Field.tsx";
import { IconButton } from "@/ui/IconButton.tsx";
import { Keys } from "@/ui/Keys.tsx";
import { Menu } from "@/ui/Menu.tsx";
import { PasswordField } from "@/ui/PasswordField.tsx";
import { PresenceMark } from "@/ui/PresenceMark.tsx";
import { Select } from "@/ui/Select.tsx";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { Switch } from "@/ui/Switch.tsx";
import { ToastRegion } from "@/ui/ToastRegion.tsx";
import { toast } from "@/ui/toasts.ts";
import { people } from "./fixtures.ts";

/** Each shared part in each of its states. */
export function Parts() {
	const [on, setOn] = useState(true);
	return (
		<main className="scroll-thin grid h-dvh content-start gap-6 overflow-y-auto bg-chat p-6">
			<h1 className="text-title">Parts</h1>
			<Group name="Button">
				{(["primary", "neutral", "quiet", "danger", "link"] as const).map(
					(look) => (
						<Button key={look} look={look}>
							{look}
						</Button>
					),
				)}
				<Button look="primary" disabled>
					disabled
				</Button>
				<Button look="primary" busy>
					busy
				</Button>
			</Group>
			<Group name="IconButton, Menu, Dialog, Toast">
				<IconButton label="Edit" shortcut="E">
					<Pencil size={16} />
				</IconButton>
				<IconButton label="Delete" look="danger">
					<Trash2 size={16} />
				</IconButton>
				<Menu
					label="Sample"
					items={() => [
						{
							kind: "action",
							label: "Edit",
							icon: Pencil,
							shortcut: "E",
							run: () => {},
						},
						{ kind: "separator" },
						{
							kind: "action",
							label: "Delete",
							icon: Trash2,
							danger: true,
							run: () => {},
						},
					]}
				>
					<Button>Menu</Button>
				</Menu>
				<Button
					onClick={() =>
						openDialog((close) => (
							<ConfirmDialog
								title="Delete the server?"
								consequence="Everything goes."
								action="Delete"
								typeToConfirm={{ label: "Type “x”", text: "x" }}
								onConfirm={async () => {}}
								onClose={close}
							/>
						))
					}
				>
					Dialog
				</Button>
				<Button
					onClick={() =>
						toast("Saved", {
							tone: "success",
							action: { label: "Undo", run: () => {} },
						})
					}
				>
					<Plus size={16} /> Toast
				</Button>
				<Button onClick={() => toast("That failed", { tone: "error" })}>
					Error toast
				</Button>
			</Group>
			<Group name="Fields">
				<div className="grid w-full gap-4 tablet:grid-cols-2">
					<Field label="Name" hint="As others see it" defaultValue="Asha" />
					<Field label="Name" error="Already taken." defaultValue="asha" />
					<PasswordField label="Password" defaultValue="correct horse" />
					<Select
						label="Expires after"
						options={[{ value: "a", label: "7 days" }]}
					/>
					<TextArea label="Topic" optional="Optional" />
					<div>
						<Switch
							label="Increase contrast"
							hint="Stronger lines"
							checked={on}
							onChange={setOn}
						/>
						<Choice
							legend="Theme"
							value="dark"
							onChange={() => {}}
							options={[
								{ value: "dark", label: "Dark" },
								{ value: "light", label: "Light" },
							]}
						/>
					</div>
				</div>
			</Group>
			<Group name="Avatar, presence, badge, keys, skeleton">
				{people.map((one) => (
					<Avatar
						key={one.id}
						id={one.id}
						name={one.display_name}
						size={40}
						status="online"
					/>
				))}
				{(["online", "idle", "dnd", "offline"] as const).map((status) => (
					<PresenceMark key={status} status={status} size={16} inline />
				))}
				<Badge tone="forMe">12</Badge>
				<Badge>3</Badge>
				<Keys combo="Mod+Shift+K" />
				<Skeleton className="h-4 w-40" />
			</Group>
			<Group name="Woodcuts">
				<Banyan width={240} />
				<Gate />
				<Lantern />
				<Pot />
				<Letter />
				<Owl />
			</Group>
			<ErrorState
				what="The messages could not be loaded."
				safe="They are safe."
				technical="Error: x"
				onRetry={() => {}}
			/>
			<DialogHost />
			<ToastRegion />
		</main>
	);
}

function Group({ name, children }: { name: string; children: ReactNode }) {
	return (
		<section className="grid gap-3">
			<h2 className="text-head">{name}</h2>
			<div className="flex flex-wrap items-center gap-3">{children}</div>
		</section>
	);
}
