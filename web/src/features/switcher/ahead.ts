/** What was typed while the switcher's code was on its way. */
export type Ahead = {
	text: string;
	/** Enter came after it: the first result is meant. */
	isEntered: boolean;
};

/** The field looks the same before and after, so that nothing jumps under the writer. */
export const fieldClass =
	"inset-ring-focus h-13 w-full shrink-0 rounded-t-card border-b border-line bg-transparent px-5 text-head font-normal";
