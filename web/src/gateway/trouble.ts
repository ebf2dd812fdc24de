/**
 * Whether the hub is there and can store nothing: its database is away, or its disk is full. A
 * refusal alone does not say so (a busy hub refuses, too), so the hub's own probe is asked, and
 * again until it is well. Knows no bar and no sentence.
 */
import { ApiError, readProblem } from "@/api/errors.ts";
import type { Trouble } from "@/stores/state.ts";

/** After one of these the hub is asked how it is. */
const SUSPECT: ReadonlySet<string> = new Set([
	"unavailable",
	"storage_full",
	"timeout",
	"gateway",
]);

const TROUBLES: Readonly<Record<string, Trouble>> = {
	unavailable: "database",
	storage_full: "storage",
};

/** The probe itself waits some seconds for a database that does not answer. */
const TIMEOUT_MS = 15_000;
/** Between two questions, and up to as long again by chance, so that clients do not come as one. */
const REST_MS = 2000;

export type TroubleParts = {
	fetcher: typeof fetch;
	/** Null when it is over, or was never one. */
	show: (trouble: Trouble | null) => void;
	/** The hub answers nothing at all, not even its probe. */
	unheard: () => void;
	sleep: (ms: number) => Promise<void>;
	random: () => number;
};

export type Troubles = {
	/** Something was refused with this code. */
	notice: (code: string) => void;
	/** Passes an answer on, and notices when it is a refusal. */
	hear: <T>(answer: Promise<T>) => Promise<T>;
};

export function createTroubles(parts: TroubleParts): Troubles {
	let isAsking = false;
	const ask = async (code: string) => {
		let shown: Trouble | null = null;
		for (;;) {
			const answer = await probe(parts.fetcher);
			// Whoever refuses is there.
			if (answer === "unheard" && code === "timeout") parts.unheard();
			// What is no answer of the hub is the connection's matter.
			const found = answer === "unheard" ? null : answer;
			if (found !== shown) parts.show(found);
			if (found === null) return;
			shown = found;
			await parts.sleep(REST_MS * (1 + parts.random()));
		}
	};
	const notice = (code: string) => {
		if (isAsking || !SUSPECT.has(code)) return;
		isAsking = true;
		void ask(code).finally(() => {
			isAsking = false;
		});
	};
	return {
		notice,
		async hear(answer) {
			try {
				return await answer;
			} catch (error) {
				if (error instanceof ApiError) notice(error.code);
				throw error;
			}
		},
	};
}

/** What the hub says of itself. */
async function probe(
	fetcher: typeof fetch,
): Promise<Trouble | "unheard" | null> {
	const signal = AbortSignal.timeout(TIMEOUT_MS);
	const asked = fetcher("/readyz", { signal, cache: "no-store" });
	const answer = await asked.catch(() => null);
	if (!answer) return "unheard";
	if (answer.ok) return null;
	try {
		const refusal = readProblem(await answer.json(), answer.headers);
		return TROUBLES[refusal?.code ?? ""] ?? null;
	} catch {
		return null;
	}
}
