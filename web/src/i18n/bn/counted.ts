import { pluralsOf } from "../plural.ts";

export const counted = pluralsOf("bn");
