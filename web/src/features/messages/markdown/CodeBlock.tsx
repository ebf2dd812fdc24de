import { Copy } from "lucide-react";
import { type MouseEvent, useRef, useState } from "react";
import { useT } from "@/i18n/index.ts";
import { Button } from "@/ui/Button.tsx";
import { copyText } from "@/ui/copyText.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { keepInPlace } from "../keepInPlace.ts";
import { firstLines, type Hue } from "./stretches.ts";
import { useColours } from "./useColours.ts";

const LINES_SHOWN = 24;

/** Only colours that hold 4.5:1 on the block in both themes; nothing that changes a width. */
const looks: Record<Hue, string> = {
	word: "text-info",
	text: "text-leaf",
	value: "text-warn",
	name: "text-link",
	aside: "text-ink-3 italic",
	added: "text-leaf",
	removed: "text-danger",
};

/** Fenced code: its language, a copy button, and long code folded. Scrolls inside itself. */
export function CodeBlock({
	code,
	language,
}: {
	code: string;
	language: string | undefined;
}) {
	const t = useT();
	const [open, setOpen] = useState(false);
	const stretches = useColours(code, language);
	const lines = code.split("\n").length;
	const isLong = lines > LINES_SHOWN;
	const figure = useRef<HTMLElement>(null);
	// What is above grows on where it was begun; what folds up again does so above what was pressed.
	const turn = ({ currentTarget }: MouseEvent<HTMLElement>) =>
		keepInPlace(open ? currentTarget : (figure.current ?? currentTarget), () =>
			setOpen(!open),
		);
	return (
		<figure
			ref={figure}
			className="group/code relative my-1 max-w-full overflow-hidden rounded-control border border-line bg-side"
		>
			<figcaption className="flex h-8 items-center justify-between border-b border-line ps-3 pe-1 text-small text-ink-3 coarse:h-11">
				<span dir="auto" className="truncate">
					{language ?? t.chat.code}
				</span>
				<IconButton
					size="small"
					label={t.chat.copyCode}
					onClick={() => copyText(code)}
				>
					<Copy aria-hidden="true" size={14} />
				</IconButton>
			</figcaption>
			<pre
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
				tabIndex={0}
				dir="ltr"
				className="inset-ring-focus scroll-thin overflow-x-auto p-3 text-[0.875em]"
			>
				<code className="font-mono whitespace-pre">
					{(isLong && !open
						? firstLines(stretches, LINES_SHOWN)
						: stretches
					).map(({ text, hue }, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: the stretches of a text never change order
						<span key={index} className={hue && looks[hue]}>
							{text}
						</span>
					))}
				</code>
			</pre>
			{isLong ? (
				<Button
					look="quiet"
					className="w-full rounded-none!"
					aria-expanded={open}
					onClick={turn}
				>
					{open ? t.chat.showFewerLines : t.chat.showAllLines(lines)}
				</Button>
			) : null}
		</figure>
	);
}
