import { useFormat, useT } from "@/i18n/index.ts";
import { selectMayArrange, useStore } from "@/stores/index.ts";
import { Dialog, DialogBody } from "@/ui/Dialog.tsx";
import { KeyboardTable } from "@/ui/KeyboardTable.tsx";
import { useToasts } from "@/ui/toasts.ts";

/** The keyboard map, and below it the notices that have come and gone. */
export default function KeyboardHelp({ onClose }: { onClose: () => void }) {
	const t = useT();
	const format = useFormat();
	const mayMoveChannels = useStore(selectMayArrange);
	const log = useToasts((state) => state.log);
	return (
		<Dialog title={t.app.help.title} onClose={onClose} width="table">
			<DialogBody isForReading>
				<KeyboardTable mayMoveChannels={mayMoveChannels} />
				<section className="grid gap-2 border-t border-line pt-4">
					<h3 className="text-head">{t.app.help.notices}</h3>
					{log.length === 0 ? (
						<p className="text-ui text-ink-3">{t.app.help.noNotices}</p>
					) : null}
					<ol className="grid gap-1">
						{log.toReversed().map((notice) => (
							<li key={notice.key} className="flex gap-3 text-ui font-normal">
								<time className="shrink-0 text-ink-3 tabular">
									{format.time(notice.at)}
								</time>
								<span className="wrap-anywhere">{notice.text}</span>
							</li>
						))}
					</ol>
				</section>
			</DialogBody>
		</Dialog>
	);
}
