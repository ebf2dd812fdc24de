import { Clock, CloudOff } from "lucide-react";
import { useRef } from "react";
import type { Id } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import {
	ApiError,
	addToDraft,
	discardMessage,
	type Pending,
	retryMessage,
	takeBackMessage,
	useCanInChannel,
	useConnection,
	useStore,
} from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { useDelayed } from "@/ui/useDelayed.ts";
import { refillComposer } from "./chatUi.ts";
import { MessageBody } from "./MessageBody.tsx";
import { useFocusHeir } from "./useFocusHeir.ts";

/** A message of mine that the hub has not acknowledged: on its way, waiting, or refused. */
export function PendingBody({
	bodyId,
	pending,
}: {
	bodyId: string;
	pending: Pending;
}) {
	const { channelId, nonce, content, state } = pending;
	return (
		<>
			<MessageBody id={bodyId} text={content} dim />
			{state.status === "failed" ? (
				<Refused
					channelId={channelId}
					nonce={nonce}
					content={content}
					code={state.code}
				/>
			) : (
				<Waiting />
			)}
		</>
	);
}

function Waiting() {
	const t = useT();
	const isLive = useConnection().status === "live";
	const isStuck = useStore((state) => state.trouble !== null);
	const isLate = useDelayed(true, 400);
	const isVeryLate = useDelayed(!isLive || isStuck, 2000);
	if (isVeryLate)
		return (
			<p className="flex items-center gap-1.5 text-small text-ink-3">
				<CloudOff aria-hidden="true" size={14} />
				{isLive ? t.chat.queuedStuck : t.chat.queued}
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
	content,
	code,
}: {
	channelId: Id;
	nonce: string;
	content: string;
	code: string;
}) {
	const t = useT();
	const reason = errorText(t, new ApiError({ code }));
	const canSend = useCanInChannel(channelId, "sendMessages");
	const retryButton = useFocusHeir("article");
	const isTaken = useRef(false);
	const takeBack = async () => {
		// The words are in the draft, and the message goes once that is stored.
		if (isTaken.current) return;
		isTaken.current = true;
		const draft = refillComposer(content) ?? addToDraft(channelId, content);
		try {
			await takeBackMessage(channelId, nonce, draft);
		} catch {
			// What this device could not store as a draft is still there as a message.
			isTaken.current = false;
		}
	};
	return (
		<div className="flex flex-wrap items-center gap-x-3 text-small text-danger">
			<p>{t.chat.failed(reason)}</p>
			{canSend === false ? null : (
				<Button
					ref={retryButton}
					look="link"
					className="text-small!"
					onClick={() => void retryMessage(channelId, nonce)}
				>
					{t.chat.retry}
				</Button>
			)}
			<Button
				look="link"
				className="text-small!"
				onClick={() => void takeBack()}
			>
				{canSend === false ? t.chat.keepAsDraft : t.chat.edit}
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
