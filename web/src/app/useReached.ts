import { useEffect } from "react";
import { useStore } from "@/stores/index.ts";
import { hubReached } from "@/ui/reached.ts";

/** What says that the hub cannot be reached goes when it is back. */
export function useReached(): void {
	const isLive = useStore((state) => state.connection.status === "live");
	useEffect(() => {
		if (isLive) hubReached();
	}, [isLive]);
}
