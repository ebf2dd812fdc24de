import { pluralsOf } from "../plural.ts";

export const counted = pluralsOf("en");
