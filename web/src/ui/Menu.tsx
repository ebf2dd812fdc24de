import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { type ReactNode, useRef, useState } from "react";
import { Keys } from "./Keys";
import type { MenuItem } from "./menuItems";
import { rememberMenuOpener } from "./opener";
import { Sheet } from "./Sheet";
import { useIsPhone } from "./useMedia";

type Props = {
	label: string;
	items: () => MenuItem[];
	/** The button it hangs from. */
	children: ReactNode;
	side?: "top" | "bottom" | "right";
	align?: "start" | "end";
};

/** A menu below its button; on a phone the same items as a sheet. */
export function Menu({
	label,
	items,
	children,
	side = "bottom",
	align = "start",
}: Props) {
	const [open, setOpen] = useState(false);
	const phone = useIsPhone();
	const trigger = useRef<HTMLButtonElement>(null);
	return (
		<>
			<Radix.Root
				modal={false}
				open={open && !phone}
				onOpenChange={(next) => {
					if (next) rememberMenuOpener(trigger.current);
					setOpen(next);
				}}
			>
				<Radix.Trigger asChild ref={trigger}>
					{children}
				</Radix.Trigger>
				{open && !phone ? (
					<MenuContent
						label={label}
						items={items()}
						side={side}
						align={align}
					/>
				) : null}
			</Radix.Root>
			{open && phone ? (
				<MenuSheet
					label={label}
					items={items()}
					onClose={() => setOpen(false)}
				/>
			) : null}
		</>
	);
}

const itemClass =
	"flex min-h-8 w-full cursor-pointer items-center gap-3 rounded-chip px-2.5 py-1 text-start text-ui outline-none select-none data-highlighted:bg-active data-disabled:cursor-not-allowed data-disabled:opacity-50 coarse:min-h-11";

type ContentProps = {
	label: string;
	items: MenuItem[];
	side?: "top" | "bottom" | "right";
	align?: "start" | "end";
	onCloseAutoFocus?: (event: Event) => void;
};

/** The floating list itself; shared with the context menu. */
export function MenuContent({ label, items, ...place }: ContentProps) {
	return (
		<Radix.Portal>
			<Radix.Content
				{...place}
				aria-label={label}
				sideOffset={4}
				collisionPadding={8}
				className="scroll-thin z-30 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 max-w-80 animate-pop overflow-y-auto rounded-control border border-line bg-raised p-1 shadow-overlay"
			>
				{items.map((item, index) =>
					item.kind === "separator" ? (
						// biome-ignore lint/suspicious/noArrayIndexKey: a menu is built anew each time it opens
						<Radix.Separator key={index} className="mx-2 my-1 h-px bg-line" />
					) : (
						<Radix.Item
							key={item.label}
							disabled={item.disabled ?? false}
							onSelect={item.run}
							className={`${itemClass} ${item.danger ? "text-danger" : "text-ink-1"}`}
						>
							<ItemBody item={item} />
						</Radix.Item>
					),
				)}
			</Radix.Content>
		</Radix.Portal>
	);
}

function ItemBody({ item }: { item: Extract<MenuItem, { kind: "action" }> }) {
	const Icon = item.icon;
	return (
		<>
			{Icon ? (
				<Icon aria-hidden="true" size={16} className="shrink-0 opacity-80" />
			) : null}
			<span className="grow">
				{item.label}
				{item.hint ? (
					<span className="block text-small font-normal text-ink-3">
						{item.hint}
					</span>
				) : null}
			</span>
			{item.checked ? (
				<Check aria-hidden="true" size={16} className="text-leaf" />
			) : null}
			{item.shortcut ? <Keys combo={item.shortcut} /> : null}
		</>
	);
}

/** The same items for a thumb. */
export function MenuSheet({
	label,
	items,
	onClose,
}: {
	label: string;
	items: MenuItem[];
	onClose: () => void;
}) {
	return (
		<Sheet title={label} onClose={onClose} side="bottom">
			<div className="grid p-2">
				{items.map((item, index) =>
					item.kind === "separator" ? (
						// biome-ignore lint/suspicious/noArrayIndexKey: a menu is built anew each time it opens
						<hr key={index} className="mx-2 my-1 border-line" />
					) : (
						<button
							key={item.label}
							type="button"
							disabled={item.disabled}
							className={`${itemClass} hover:bg-active ${item.danger ? "text-danger" : "text-ink-1"}`}
							onClick={() => {
								onClose();
								item.run();
							}}
						>
							<ItemBody item={item} />
						</button>
					),
				)}
			</div>
		</Sheet>
	);
}
