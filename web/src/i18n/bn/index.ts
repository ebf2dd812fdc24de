import type { Catalog } from "../locale.ts";
import { common } from "./common.ts";
import { connection } from "./connection.ts";
import { errors } from "./errors.ts";
import { ui } from "./ui.ts";

export const bn = { common, connection, errors, ui } satisfies Catalog;
