import { Copy } from "lucide-react";
import { useState } from "react";
import { useT } from "@/i18n/index.ts";
import { Button } from "@/ui/Button.tsx";
import { copyText } from "@/ui/copyText.ts";
import { IconButton } from "@/ui/IconButton.tsx";

const LINES_SHOWN = 24;

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
	const lines = code.split("\n");
	const folded = !open && lines.length > LINES_SHOWN;
	return (
		<figure className="group/code relative my-1 max-w-full overflow-hidden rounded-control border border-line bg-side">
			<figcaption className="flex h-8 items-center justify-between border-b border-line ps-3 pe-1 text-small text-ink-3">
				<span dir="auto">{language ?? t.chat.code}</span>
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
				className="inset-ring-focus scroll-thin overflow-x-auto p-3 text-[0.875em]"
			>
				<code className="font-mono whitespace-pre">
					{folded ? lines.slice(0, LINES_SHOWN).join("\n") : code}
				</code>
			</pre>
			{folded ? (
				<Button
					look="quiet"
					className="w-full rounded-none!"
					onClick={() => setOpen(true)}
				>
					{t.chat.showAllLines(lines.length)}
				</Button>
			) : null}
		</figure>
	);
}
