// The contract from the other side: the hub writes one sample of each of its
// events; each must be known here, and applying it twice must change nothing.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventNames, isEventName } from "@/api/events.ts";
import type { HubEvent } from "@/api/types.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState } from "@/stores/state.ts";
import { connected } from "./support/samples.ts";

const folder = join(import.meta.dirname, "../../contract/events");
const samples = readdirSync(folder).filter((file) => file.endsWith(".json"));

describe("the hub's own samples", () => {
	it("are one for each event that this client knows, and no other", () => {
		const names = samples.map((file) => file.replace(".json", ""));
		expect(names.toSorted()).toEqual(eventNames.toSorted());
	});

	it.each(samples)("%s is applied, twice as well as once", (file) => {
		const name = file.replace(".json", "");
		if (!isEventName(name)) throw new Error(`unknown event ${name}`);
		const data = JSON.parse(readFileSync(join(folder, file), "utf8"));
		const input = {
			kind: "event",
			event: { name, data } as HubEvent,
			at: 0,
		} as const;
		const before = applyBatch(initialState, connected());
		const once = applyBatch(before, [input]);
		expect(applyBatch(once, [input])).toEqual(once);
	});
});
