import { auth } from "./auth.ts";
import { common } from "./common.ts";
import { connection } from "./connection.ts";
import { errors } from "./errors.ts";
import { ui } from "./ui.ts";

/** What is said before anyone is signed in, and by every part. */
export const start = { auth, common, connection, errors, ui };
