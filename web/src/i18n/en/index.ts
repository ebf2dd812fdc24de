import { common } from "./common.ts";
import { connection } from "./connection.ts";
import { errors } from "./errors.ts";
import { ui } from "./ui.ts";

export const en = { common, connection, errors, ui };
