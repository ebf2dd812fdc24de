import type { Id } from "@/api/types.ts";
import { type Catalog, useT } from "@/i18n/index.ts";
import { useTyping } from "@/stores/index.ts";

/** Who is writing just now. Its height is always there; it is never read out. */
export function TypingLine({ channelId }: { channelId: Id }) {
	const t = useT();
	const names = useTyping(channelId).map((user) => user.display_name);
	return (
		<p className="flex h-5 shrink-0 items-center gap-2 truncate px-4 text-small text-ink-3">
			{names.length > 0 ? (
				<>
					<span aria-hidden="true" className="flex gap-0.5">
						{[0, 1, 2].map((dot) => (
							<span
								key={dot}
								className="size-1 animate-shimmer rounded-pill bg-leaf calm:animate-none"
								style={{ animationDelay: `${dot * 160}ms` }}
							/>
						))}
					</span>
					<span className="truncate">{typingText(t, names)}</span>
				</>
			) : null}
		</p>
	);
}

function typingText(t: Catalog, names: readonly string[]): string {
	const [a = "", b = "", c = ""] = names;
	if (names.length === 1) return t.chat.typing.one(a);
	if (names.length === 2) return t.chat.typing.two(a, b);
	if (names.length === 3) return t.chat.typing.three(a, b, c);
	return t.chat.typing.several;
}
