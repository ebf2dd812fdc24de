import { useEffect, useState } from "react";
import type { InvitePreview } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import { ApiError, previewInvite } from "@/stores/index.ts";
import { useCountdown } from "@/ui/form/useCountdown.ts";

type Found =
	| { status: "loading" }
	| { status: "found"; preview: InvitePreview }
	| { status: "gone" }
	/** It looks again by itself; a busy hub has answered, one out of reach has not. */
	| { status: "failed"; isBusy: boolean };

/**
 * What an invite leads to. A hub that cannot say so yet is asked again by itself, later each time
 * and by chance: a class opens its invite within one second, and comes back as many.
 */
export function useInvitePreview(code: string) {
	const [found, setFound] = useState<Found>({ status: "loading" });
	const [press, setPress] = useState(0);
	const wait = useCountdown();
	// biome-ignore lint/correctness/useExhaustiveDependencies: a press looks again; the wait is only shown
	useEffect(() => {
		const abort = new AbortController();
		let timer: ReturnType<typeof setTimeout> | undefined;
		const look = async (attempt: number) => {
			try {
				const preview = await previewInvite(code, abort.signal);
				setFound({ status: "found", preview });
			} catch (error) {
				if (abort.signal.aborted) return;
				const refusal = error instanceof ApiError ? error : null;
				if (refusal?.code === "not_found") return setFound({ status: "gone" });
				const isBusy = isBusyHub(refusal);
				const waitMs =
					(refusal?.retryAfterMs ?? 0) + backoffMs(attempt, Math.random());
				setFound({ status: "failed", isBusy });
				wait.start(waitMs);
				timer = setTimeout(() => void look(attempt + 1), waitMs);
			}
		};
		void look(1);
		return () => {
			abort.abort();
			clearTimeout(timer);
		};
	}, [code, press]);
	return {
		found,
		seconds: wait.seconds,
		lookAgain: () => setPress((n) => n + 1),
	};
}

function isBusyHub(refusal: ApiError | null): boolean {
	return refusal?.code === "rate_limited" || refusal?.code === "unavailable";
}
