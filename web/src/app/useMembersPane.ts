import { useState } from "react";
import type { Id } from "@/api/types.ts";
import { goTo, useLocation } from "@/lib/router.tsx";

const KEY = "battala.members-hidden";

/**
 * Whether the members show. Beside the chat this is remembered per server; over it, it is a step
 * in the history, so that Back closes it.
 */
export function useMembersPane(serverId: Id, isBeside: boolean) {
	const [hidden, setHidden] = useState(recall);
	const location = useLocation();
	const state: unknown = location.state;
	const isOver =
		typeof state === "object" && state !== null && "members" in state;
	if (isBeside)
		return {
			isOpen: !hidden.includes(serverId),
			toggle: () => {
				const next = hidden.includes(serverId)
					? hidden.filter((id) => id !== serverId)
					: [...hidden, serverId];
				setHidden(next);
				remember(next);
			},
		};
	return {
		isOpen: isOver,
		toggle: () => {
			if (isOver) goTo(-1);
			else goTo(location.pathname, { state: { members: true } });
		},
	};
}

function recall(): Id[] {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
		return Array.isArray(value)
			? value.filter((id) => typeof id === "string")
			: [];
	} catch {
		return [];
	}
}

function remember(ids: Id[]): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(ids));
	} catch {
		// The choice then lasts as long as the page.
	}
}
