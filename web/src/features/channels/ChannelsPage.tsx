import { ArrowDown, ArrowUp, Hash, Pencil, Plus, Trash2 } from "lucide-react";
import type { Channel, Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useChannels } from "@/stores/index.ts";
import { Owl } from "@/ui/art/scenes.tsx";
import { Button } from "@/ui/Button.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { Empty } from "@/ui/Empty.tsx";
import { IconButton } from "@/ui/IconButton.tsx";
import { Section } from "@/ui/Section.tsx";
import {
	CreateChannelDialog,
	DeleteChannelDialog,
	EditChannelDialog,
} from "./lazyDialogs.ts";
import { moveChannel } from "./order.ts";

/** The channels in their order, with everything that can be done to them. */
export function ChannelsPage({ serverId }: { serverId: Id }) {
	const t = useT();
	const channels = useChannels(serverId);
	return (
		<Section lead={t.servers.channelsLead}>
			{channels.length === 0 ? (
				<Empty art={<Owl />} text={t.channels.none} />
			) : null}
			<ul className="grid grid-cols-1 divide-y divide-line">
				{channels.map((channel, index) => (
					<Row
						key={channel.id}
						channel={channel}
						isFirst={index === 0}
						isLast={index === channels.length - 1}
					/>
				))}
			</ul>
			<div>
				<Button
					look="primary"
					onClick={() =>
						openDialog((close) => (
							<CreateChannelDialog serverId={serverId} onClose={close} />
						))
					}
				>
					<Plus aria-hidden="true" size={16} />
					{t.channels.create}
				</Button>
			</div>
		</Section>
	);
}

type RowProps = { channel: Channel; isFirst: boolean; isLast: boolean };

function Row({ channel, isFirst, isLast }: RowProps) {
	const t = useT();
	const { id, server_id } = channel;
	return (
		<li className="flex items-center gap-1 py-2">
			<Hash aria-hidden="true" size={16} className="me-2 shrink-0 text-ink-3" />
			<div className="min-w-0 grow">
				<p dir="auto" className="truncate text-ui">
					{channel.name}
				</p>
				<p dir="auto" className="truncate text-small text-ink-3">
					{channel.topic}
				</p>
			</div>
			<IconButton
				label={t.channels.moveUp}
				disabled={isFirst}
				onClick={() => void moveChannel(server_id, id, -1)}
			>
				<ArrowUp aria-hidden="true" size={16} />
			</IconButton>
			<IconButton
				label={t.channels.moveDown}
				disabled={isLast}
				onClick={() => void moveChannel(server_id, id, 1)}
			>
				<ArrowDown aria-hidden="true" size={16} />
			</IconButton>
			<IconButton
				label={t.channels.editTitle(channel.name)}
				onClick={() =>
					openDialog((close) => (
						<EditChannelDialog channel={channel} onClose={close} />
					))
				}
			>
				<Pencil aria-hidden="true" size={16} />
			</IconButton>
			<IconButton
				look="danger"
				label={t.channels.removeTitle(channel.name)}
				onClick={() =>
					openDialog((close) => (
						<DeleteChannelDialog channel={channel} onClose={close} />
					))
				}
			>
				<Trash2 aria-hidden="true" size={16} />
			</IconButton>
		</li>
	);
}
