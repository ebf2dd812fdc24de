const isMac =
	typeof navigator !== "undefined" &&
	/mac|iphone|ipad/i.test(navigator.userAgent);

const MAC_GLYPHS: Record<string, string> = {
	Mod: "⌘",
	Alt: "⌥",
	Shift: "⇧",
	Ctrl: "⌃",
};

function glyph(key: string): string {
	if (isMac) return MAC_GLYPHS[key] ?? key;
	return key === "Mod" ? "Ctrl" : key;
}

/** A key combination such as `Mod+K`, written as this machine's keyboard names it. */
export function Keys({ combo }: { combo: string }) {
	return (
		<span className="inline-flex gap-1">
			{combo.split("+").map((key) => (
				<kbd
					key={key}
					className="min-w-5 rounded-chip border border-line bg-side px-1 text-center font-sans text-small text-ink-2"
				>
					{glyph(key)}
				</kbd>
			))}
		</span>
	);
}
