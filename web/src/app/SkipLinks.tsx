import { useT } from "@/i18n/index.ts";

const link =
	"fixed start-2 top-2 z-50 -translate-y-20 rounded-control bg-leaf-solid px-3 py-2 text-ui text-on-leaf focus:translate-y-0";

/** The first stops of the page: straight to the messages, or to writing. */
export function SkipLinks() {
	const t = useT();
	const jump = (id: string) => () => document.getElementById(id)?.focus();
	return (
		<>
			<button type="button" className={link} onClick={jump("messages")}>
				{t.app.skipToContent}
			</button>
			<button type="button" className={link} onClick={jump("composer")}>
				{t.app.skipToComposer}
			</button>
		</>
	);
}
