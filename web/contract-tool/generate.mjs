// Writes the client's types from the committed contract. The digest in the
// first line lets the client's tests see, without this tool, that the types
// belong to the contract.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../contract/openapi.json", import.meta.url);
const schema = new URL("../src/api/schema.ts", import.meta.url);

const digest = createHash("sha256")
	.update(readFileSync(contract))
	.digest("hex");
const types = astToString(await openapiTS(contract, { alphabetize: true }));
writeFileSync(
	schema,
	`// Generated from contract/openapi.json, sha256 ${digest}. Do not edit.\n${types}`,
);
