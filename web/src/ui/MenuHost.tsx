import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { Keys } from "./Keys.tsx";
import type { MenuItem } from "./menuItems.ts";
import { closeMenu, type OpenMenu } from "./menuStore.ts";
import { giveFocusBack } from "./opener.ts";
import { Sheet } from "./Sheet.tsx";
import { useIsPhone } from "./useMedia.ts";

const itemClass =
	"flex min-h-8 w-full cursor-pointer items-center gap-3 rounded-chip px-2.5 py-1 text-start text-ui outline-none select-none data-highlighted:bg-active data-disabled:cursor-not-allowed data-disabled:opacity-50 disabled:opacity-50 coarse:min-h-11";

/** The open menu: a floating list, on a phone a sheet with the same items. */
export default function MenuHost({ menu }: { menu: OpenMenu }) {
	const phone = useIsPhone();
	return phone ? <MenuSheet menu={menu} /> : <FloatingMenu menu={menu} />;
}

function FloatingMenu({ menu }: { menu: OpenMenu }) {
	const { label, items, box, side, align, opener } = menu;
	return (
		<Radix.Root
			open
			modal={false}
			onOpenChange={(open) => !open && closeMenu()}
		>
			<Radix.Trigger
				aria-hidden="true"
				tabIndex={-1}
				className="pointer-events-none fixed opacity-0"
				style={box}
			/>
			<Radix.Portal>
				<Radix.Content
					side={side}
					align={align}
					aria-label={label}
					// Its stand-in for a button has no text to be named by.
					aria-labelledby={undefined}
					sideOffset={4}
					collisionPadding={8}
					onInteractOutside={(event) => {
						// A press on its own button closes it by itself.
						const { target } = event;
						if (target instanceof Node && opener?.contains(target))
							event.preventDefault();
					}}
					onCloseAutoFocus={(event) => {
						event.preventDefault();
						giveFocusBack(opener);
					}}
					className="scroll-thin z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 max-w-80 animate-pop overflow-y-auto rounded-control border border-line bg-raised p-1 shadow-overlay"
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
		</Radix.Root>
	);
}

function MenuSheet({ menu: { label, items } }: { menu: OpenMenu }) {
	return (
		<Sheet title={label} onClose={closeMenu} side="bottom">
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
								closeMenu();
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
			{item.shortcut ? (
				<span className="coarse:hidden">
					<Keys combo={item.shortcut} />
				</span>
			) : null}
		</>
	);
}
