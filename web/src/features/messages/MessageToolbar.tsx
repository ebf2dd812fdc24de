import { Copy, Ellipsis, Link, Pencil, Trash2 } from "lucide-react";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { Message } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useBindings } from "@/ui/bindings.ts";
import { copyText } from "@/ui/copyText.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { Menu } from "@/ui/Menu.tsx";
import { startEditing } from "./chatUi.ts";
import { linkTo, messageMenu, removeMessage, rightsOn } from "./messageMenu.ts";
import { useTabIndex } from "./tabStop.ts";

/**
 * Appears on hover and for the focused row, so that no text moves, and above the row, so that it
 * covers none of what is pressed there (`settle`). It stands where lines end, in the writing of the
 * row. Unseen it is not in the way of the row above.
 */
export function MessageToolbar({
	message,
	isHot,
}: {
	message: Message;
	isHot: boolean;
}) {
	const t = useT();
	const tabIndex = useTabIndex();
	const rights = rightsOn(message);
	const keys = useBindings();
	const toolbar = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => settle(toolbar.current));
	useEffect(() => {
		const scroller = scrollerOf(toolbar.current);
		const onScroll = () => settle(toolbar.current);
		scroller?.addEventListener("scroll", onScroll, { passive: true });
		return () => scroller?.removeEventListener("scroll", onScroll);
	}, []);
	return (
		<div
			ref={toolbar}
			role="toolbar"
			aria-label={t.chat.actions}
			className={`absolute end-4 bottom-full z-10 -mb-px data-[writing=rtl]:end-auto data-[writing=rtl]:start-(--gutter) flex rounded-control border border-line bg-raised p-px coarse:hidden ${
				isHot
					? ""
					: "pointer-events-none opacity-0 focus-within:pointer-events-auto focus-within:opacity-100 [article:focus-visible_&]:pointer-events-auto [article:focus-visible_&]:opacity-100"
			}`}
		>
			{rights.edit ? (
				<IconButton
					size="small"
					tabIndex={tabIndex}
					label={t.chat.edit}
					shortcut={keys.edit}
					onClick={() => startEditing(message.id)}
				>
					<Pencil aria-hidden="true" size={16} />
				</IconButton>
			) : null}
			<IconButton
				size="small"
				tabIndex={tabIndex}
				label={t.chat.copyText}
				shortcut={keys.copy}
				onClick={() => copyText(message.content)}
			>
				<Copy aria-hidden="true" size={16} />
			</IconButton>
			<IconButton
				size="small"
				tabIndex={tabIndex}
				label={t.chat.copyLink}
				onClick={() => copyText(linkTo(message))}
			>
				<Link aria-hidden="true" size={16} />
			</IconButton>
			{rights.remove ? (
				<IconButton
					size="small"
					tabIndex={tabIndex}
					look="danger"
					label={t.chat.deleteMessage}
					shortcut={keys.remove}
					onClick={(event) => removeMessage(message, event.shiftKey)}
				>
					<Trash2 aria-hidden="true" size={16} />
				</IconButton>
			) : null}
			<Menu
				label={t.chat.actions}
				align="end"
				items={() => messageMenu(t, message)}
			>
				<IconButton size="small" tabIndex={tabIndex} label={t.chat.more}>
					<Ellipsis aria-hidden="true" size={16} />
				</IconButton>
			</Menu>
		</div>
	);
}

function scrollerOf(toolbar: HTMLElement | null) {
	return toolbar?.closest("ol")?.parentElement;
}

/**
 * Puts it where it belongs. Which way the words before it run, they say themselves. A row with a
 * head has room beside the name, so that the row above is not covered either; and at the upper edge
 * of the list it comes down into the row, as far as it takes to be seen.
 */
function settle(toolbar: HTMLElement | null): void {
	const words = toolbar?.previousElementSibling;
	const row = toolbar?.closest("article");
	const scroller = scrollerOf(toolbar);
	if (!toolbar || !words || !row || !scroller) return;
	toolbar.dataset.writing = getComputedStyle(words).direction;
	const height = toolbar.offsetHeight;
	const { top, height: rowHeight } = row.getBoundingClientRect();
	const gap = parseFloat(getComputedStyle(row).marginTop);
	const edge = scroller.getBoundingClientRect().top - top;
	const highest = Math.max(-height, edge, gap > 0 ? -gap : -height);
	const y = Math.min(highest, Math.max(-height, rowHeight - height));
	toolbar.style.translate = `0 ${y + height}px`;
}
