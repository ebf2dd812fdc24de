import { ChevronDown, ChevronLeft, Hash, Users } from "lucide-react";
import { useId, useState } from "react";
import type { Channel, Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useHasUnread } from "@/stores/index.ts";
import { IconButton } from "@/ui/IconButton.tsx";

type Props = {
	channel: Channel;
	onBack: (() => void) | undefined;
	isMembersOpen: boolean;
	onToggleMembers: () => void;
};

/** Name and topic of the open channel; its tools at the end. On a phone the name opens the topic. */
export function ChatHeader({
	channel,
	onBack,
	isMembersOpen,
	onToggleMembers,
}: Props) {
	const t = useT();
	const topicId = useId();
	const [wideId, setWideId] = useState<Id>();
	const isWide = wideId === channel.id;
	const toggle = () => setWideId(isWide ? undefined : channel.id);
	return (
		<header className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-b border-line pe-2 ps-4 max-tablet:gap-y-0 max-tablet:ps-1 max-tablet:pt-[env(safe-area-inset-top)] tablet:flex-nowrap">
			{onBack ? <BackButton channel={channel} onBack={onBack} /> : null}
			<Hash aria-hidden="true" size={18} className="shrink-0 text-ink-3" />
			<h1
				aria-label={t.chat.channelName(channel.name)}
				tabIndex={-1}
				dir="auto"
				className="max-w-1/2 shrink-0 truncate text-head outline-none max-tablet:min-w-0 max-tablet:max-w-none max-tablet:shrink max-tablet:grow max-tablet:basis-0"
			>
				{onBack && channel.topic ? (
					<button
						type="button"
						aria-label={t.chat.showTopic(channel.name)}
						aria-expanded={isWide}
						aria-controls={isWide ? topicId : undefined}
						onClick={toggle}
						className="flex min-h-11 max-w-full items-center gap-1"
					>
						<span dir="auto" className="truncate">
							{channel.name}
						</span>
						<ChevronDown
							aria-hidden="true"
							size={16}
							className={`shrink-0 text-ink-3 ${isWide ? "rotate-180" : ""}`}
						/>
					</button>
				) : (
					channel.name
				)}
			</h1>
			{channel.topic ? (
				<button
					type="button"
					aria-expanded={isWide}
					onClick={toggle}
					className={`min-h-8 min-w-0 grow border-s border-line ps-3 text-start text-ui font-normal text-ink-2 hover:text-ink-1 max-tablet:hidden ${
						isWide ? "py-2 wrap-anywhere" : "truncate"
					}`}
				>
					<span dir="auto">{channel.topic}</span>
				</button>
			) : (
				<span className="grow max-tablet:hidden" />
			)}
			<IconButton
				label={isMembersOpen ? t.chat.hideMembers : t.chat.showMembers}
				aria-pressed={isMembersOpen}
				onClick={onToggleMembers}
			>
				<Users aria-hidden="true" size={18} />
			</IconButton>
			{onBack && channel.topic && isWide ? (
				<p
					id={topicId}
					dir="auto"
					className="scroll-thin max-h-[30dvh] basis-full overflow-y-auto px-3 pb-3 text-ui font-normal wrap-anywhere text-ink-2"
				>
					{channel.topic}
				</p>
			) : null}
		</header>
	);
}

/** Says by a dot that there is something to go back for. */
function BackButton({
	channel,
	onBack,
}: {
	channel: Channel;
	onBack: () => void;
}) {
	const t = useT();
	const hasUnread = useHasUnread(channel.id);
	return (
		<IconButton
			label={hasUnread ? t.chat.backToUnread : t.chat.back}
			onClick={onBack}
			className="relative"
		>
			<ChevronLeft aria-hidden="true" size={20} className="rtl:-scale-x-100" />
			{hasUnread ? (
				<span
					aria-hidden="true"
					className="absolute end-2 top-2 size-2 rounded-pill bg-ink-1"
				/>
			) : null}
		</IconButton>
	);
}
