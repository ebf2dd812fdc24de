import { PresenceMark, type PresenceStatus } from "./PresenceMark";

/** A steady hue for an id, so that the same person or place keeps its colour everywhere. */
export function hueOf(id: string): number {
	// FNV-1a; neighbouring ids differ in few digits and must still fall far apart.
	let hash = 0x811c9dc5;
	for (const char of id)
		hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
	return ((hash ^ (hash >>> 15)) >>> 0) % 360;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Marks before a word, such as a bracket; a word that is nothing else keeps them. */
const MARKS_BEFORE = /^[\p{P}\p{Z}]+(?=\S)/u;

/** Up to two initials, counted in whole letters of any script. */
export function initialsOf(name: string): string {
	const words = name.trim().split(/\s+/).slice(0, 2);
	return words
		.map((word) => word.replace(MARKS_BEFORE, ""))
		.map(
			(word) =>
				segmenter.segment(word)[Symbol.iterator]().next().value?.segment ?? "",
		)
		.join("")
		.toUpperCase();
}

type Props = {
	id: string;
	name: string;
	size: number;
	shape?: "round" | "tile";
	status?: PresenceStatus | undefined;
};

/**
 * Initials on a hue hashed from the id. Decorative: the name stands beside it, and the initials
 * are painted by the style sheet so that they are no text to be read or found.
 */
export function Avatar({ id, name, size, shape = "round", status }: Props) {
	const hue = hueOf(id);
	return (
		<span
			aria-hidden="true"
			className="relative inline-block shrink-0 select-none align-top"
			style={{ width: size, height: size }}
		>
			<span
				data-initials={initialsOf(name)}
				className={`initials grid size-full place-items-center font-semibold ${
					shape === "tile" ? "rounded-tile" : "rounded-pill"
				}`}
				style={{
					fontSize: Math.round(size * 0.38),
					background: `oklch(0.42 0.075 ${hue})`,
					color: `oklch(0.96 0.03 ${hue})`,
				}}
			/>
			{status ? (
				<PresenceMark status={status} size={size >= 36 ? 12 : 10} />
			) : null}
		</span>
	);
}
