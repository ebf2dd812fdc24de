/** Commands as promises: the acknowledgement becomes a value or an error. */
import { CommandError, readRefusal } from "@/api/errors.ts";
import type { CommandMap, CommandName } from "@/api/types.ts";
import type { Wire } from "./wire.ts";

export type Command = <N extends CommandName>(
	name: N,
	body: CommandMap[N]["body"],
) => Promise<CommandMap[N]["answer"]>;

/** The hub answers after its commit; a busy disk may take a while. */
const timeoutMs = 10_000;

export function createCommand(wire: Pick<Wire, "isOpen" | "send">): Command {
	return async (name, body) => {
		if (!wire.isOpen()) throw new CommandError({ code: "network" });
		let ack: unknown;
		try {
			ack = await wire.send(name, body, timeoutMs);
		} catch {
			throw new CommandError({ code: wire.isOpen() ? "timeout" : "network" });
		}
		return answerOf(ack);
	};
}

function answerOf<T>(ack: unknown): T {
	if (typeof ack === "object" && ack !== null) {
		if ("ok" in ack) return ack.ok as T;
		const refusal = readRefusal("error" in ack ? ack.error : null);
		if (refusal) throw new CommandError(refusal);
	}
	throw new CommandError({ code: "bad_answer" });
}
