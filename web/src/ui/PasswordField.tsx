import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type KeyboardEvent, useState } from "react";
import { useT } from "@/i18n/index.ts";
import { Field } from "./Field.tsx";
import { IconButton } from "./IconButton.tsx";

type Props = Omit<ComponentProps<typeof Field>, "type" | "trailing">;

/** A password that can be shown, pasted, and warns of caps lock. */
export function PasswordField({ hint, ...field }: Props) {
	const t = useT();
	const [shown, setShown] = useState(false);
	const [caps, setCaps] = useState(false);
	const watchCaps = (event: KeyboardEvent) =>
		setCaps(event.getModifierState("CapsLock"));
	return (
		<Field
			{...field}
			type={shown ? "text" : "password"}
			hint={caps ? t.auth.capsLock : hint}
			autoCapitalize="none"
			spellCheck={false}
			onKeyDown={watchCaps}
			onKeyUp={watchCaps}
			trailing={
				<IconButton
					label={shown ? t.auth.hidePassword : t.auth.showPassword}
					aria-pressed={shown}
					onClick={() => setShown(!shown)}
				>
					{shown ? (
						<EyeOff aria-hidden="true" size={18} />
					) : (
						<Eye aria-hidden="true" size={18} />
					)}
				</IconButton>
			}
		/>
	);
}
