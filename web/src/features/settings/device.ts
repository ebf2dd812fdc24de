/** A device in the words people use, read from the browser's own description of itself. */

const BROWSERS: readonly [RegExp, string][] = [
	[/Edg\//u, "Edge"],
	[/OPR\//u, "Opera"],
	[/Firefox\//u, "Firefox"],
	[/Chrome\//u, "Chrome"],
	[/Safari\//u, "Safari"],
];

const SYSTEMS: readonly [RegExp, string][] = [
	[/iPhone|iPad/u, "iOS"],
	[/Android/u, "Android"],
	[/Windows/u, "Windows"],
	[/Mac OS X/u, "macOS"],
	[/Linux/u, "Linux"],
];

export function deviceOf(agent: string): {
	name: string | undefined;
	isPhone: boolean;
} {
	const find = (table: readonly [RegExp, string][]) =>
		table.find(([pattern]) => pattern.test(agent))?.[1];
	const parts = [find(BROWSERS), find(SYSTEMS)].filter(
		(part) => part !== undefined,
	);
	const name =
		parts.length > 0 ? parts.join(" · ") : agent.slice(0, 60) || undefined;
	return { name, isPhone: /Mobile|iPhone|Android/u.test(agent) };
}
