// The client's types are generated from the committed contract. Whoever changes
// the contract runs `make contract`; this fails until then.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the types were generated from the contract as it is", () => {
	const read = (path: string) => readFileSync(join(import.meta.dirname, path));
	const contract = read("../../contract/openapi.json");
	const digest = createHash("sha256").update(contract).digest("hex");
	const [head = ""] = read("../src/api/schema.ts").toString().split("\n");
	expect(head).toContain(digest);
});
