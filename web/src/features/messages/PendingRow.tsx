import { Clock, CloudOff } from "lucide-react";
import { memo } from "react";
import type { Id } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import {
	ApiError,
	discardMessage,
	retryMessage,
	useConnection,
	useMe,
	usePending,
} from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { useDelayed } from "@/ui/useDelayed.ts";
import { refillComposer } from "./chatUi.ts";
import { MessageBody } from "./MessageBody.tsx";
import { RowFrame } from "./RowFrame.tsx";
import { TabStop } from "./tabStop.ts";

type Props = {
	channelId: Id;
	nonce: string;
	isGrouped: boolean;
	isActive: boolean;
	isHot: boolean;
};

/** A message of mine that the hub has not acknowledged: on its way, waiting, or refused. */
export const PendingRow = memo(function PendingRow(props: Props) {
	const { channelId, nonce, isGrouped, isActive, isHot } = props;
	const me = useMe();
	const pending = usePending(channelId, nonce);
	if (!me || !pending) return null;
	const idBase = `p-${nonce}`;
	return (
		<RowFrame
			idBase={idBase}
			author={me}
			at={pending.createdAt}
			isGrouped={isGrouped}
			isHot={isHot}
			tabIndex={isActive ? 0 : -1}
		>
			<TabStop.Provider value={isActive}>
				<MessageBody id={`${idBase}-b`} text={pending.content} dim />
				{pending.state.status === "failed" ? (
					<Refused
						channelId={channelId}
						nonce={nonce}
						code={pending.state.code}
					/>
				) : (
					<Waiting />
				)}
			</TabStop.Provider>
		</RowFrame>
	);
});

function Waiting() {
	const t = useT();
	const isLive = useConnection().status === "live";
	const isLate = useDelayed(true, 400);
	const isVeryLate = useDelayed(!isLive, 2000);
	if (isVeryLate)
		return (
			<p className="flex items-center gap-1.5 text-small text-ink-3">
				<CloudOff aria-hidden="true" size={14} />
				{t.chat.queued}
			</p>
		);
	if (!isLate) return <span className="sr-only">{t.chat.sending}</span>;
	return (
		<span className="absolute end-4 bottom-1 text-ink-3">
			<Clock aria-hidden="true" size={14} />
			<span className="sr-only">{t.chat.sending}</span>
		</span>
	);
}

function Refused({
	channelId,
	nonce,
	code,
}: {
	channelId: Id;
	nonce: string;
	code: string;
}) {
	const t = useT();
	const reason = errorText(t, new ApiError({ code }));
	return (
		<div className="flex flex-wrap items-center gap-x-3 text-small text-danger">
			<p>{t.chat.failed(reason)}</p>
			<Button
				look="link"
				className="text-small!"
				onClick={() => void retryMessage(channelId, nonce)}
			>
				{t.chat.retry}
			</Button>
			<Button
				look="link"
				className="text-small!"
				onClick={async () =>
					refillComposer(await discardMessage(channelId, nonce))
				}
			>
				{t.chat.edit}
			</Button>
			<Button
				look="link"
				className="text-small!"
				onClick={() => void discardMessage(channelId, nonce)}
			>
				{t.chat.discard}
			</Button>
		</div>
	);
}
