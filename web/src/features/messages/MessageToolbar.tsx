import { Copy, Ellipsis, Link, Pencil, Trash2 } from "lucide-react";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { Message } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useShallowStore } from "@/stores/index.ts";
import { useBindings } from "@/ui/bindings.ts";
import { copyText } from "@/ui/copyText.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { Menu } from "@/ui/Menu.tsx";
import { startEditing } from "./chatUi.ts";
import { ROW_PX } from "./heights.ts";
import { linkTo, messageMenu, removeMessage, rightsOn } from "./messageMenu.ts";
import { useTabIndex } from "./tabStop.ts";
import { useFocusHeir } from "./useFocusHeir.ts";

/**
 * Appears on hover and for the focused row, so that no text moves, and where it covers as little as
 * may be, least of all what is pressed in the row (`settle`). It stands where lines end, in the
 * writing of the row. Unseen it is not in the way of the row above.
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
	const rights = useShallowStore((state) => rightsOn(message, state));
	const button = useFocusHeir("article");
	const keys = useBindings();
	const toolbar = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		noteRoom(toolbar.current);
		settle(toolbar.current);
	});
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
					ref={button}
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
					ref={button}
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

/** Notes which way the words before it run, and whether their first line leaves it room beside. */
function noteRoom(toolbar: HTMLElement | null): void {
	const words = toolbar?.previousElementSibling;
	if (!toolbar || !words) return;
	toolbar.dataset.writing = getComputedStyle(words).direction;
	toolbar.dataset.beside = hasRoomBeside(words, toolbar) ? "true" : "false";
}

/** Whatever is more than lines may have something to press there. */
const MORE_THAN_LINES = "figure, pre, blockquote, ul, ol, img, button";

function hasRoomBeside(words: Element, toolbar: HTMLElement): boolean {
	if (words.querySelector(MORE_THAN_LINES)) return false;
	const bar = toolbar.getBoundingClientRect();
	const bottom = words.getBoundingClientRect().top + bar.height;
	const range = document.createRange();
	const walk = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
	for (let node = walk.nextNode(); node; node = walk.nextNode()) {
		range.selectNodeContents(node);
		for (const line of range.getClientRects()) {
			if (line.top >= bottom) return true;
			if (
				line.right > bar.left - BESIDE_PX &&
				line.left < bar.right + BESIDE_PX
			)
				return false;
		}
	}
	return true;
}

/** As far as words stay off it. */
const BESIDE_PX = 8;

/**
 * Puts it where it belongs: beside the name of a row with a head, else beside the first line if that
 * is short, else above the row; so that the row above is covered only by a row whose own words leave
 * no room. At the upper edge of the list it comes down into the row, as far as it takes to be seen
 * and to cover nothing that is pressed there.
 */
function settle(toolbar: HTMLElement | null): void {
	const row = toolbar?.closest("article");
	const scroller = scrollerOf(toolbar);
	if (!toolbar || !row || !scroller) return;
	const height = toolbar.offsetHeight;
	const { top, height: rowHeight } = row.getBoundingClientRect();
	const gap = parseFloat(getComputedStyle(row).marginTop);
	const edge = scroller.getBoundingClientRect().top - top;
	// Below it the list may end.
	const beside = Math.min(0, ROW_PX - height);
	const wish =
		gap > 0 ? -gap : toolbar.dataset.beside === "true" ? beside : -height;
	const lowest = Math.max(-height, rowHeight - height, wish);
	const place = (y: number) => {
		toolbar.style.translate = `0 ${Math.min(y, lowest) + height}px`;
	};
	place(Math.max(-height, edge, wish));
	if (edge > Math.max(-height, wish)) place(belowPressed(toolbar) - top);
}

/** Where it begins if it is to cover nothing that is pressed in the row: there, or further down. */
function belowPressed(toolbar: HTMLElement): number {
	const { top, left, right, height } = toolbar.getBoundingClientRect();
	let y = top;
	const pressed = toolbar.previousElementSibling?.querySelectorAll("a, button");
	for (const one of pressed ?? []) {
		const box = one.getBoundingClientRect();
		const isUnder = box.left < right && box.right > left;
		if (isUnder && box.top < y + height && box.bottom > y) y = box.bottom;
	}
	return y;
}
