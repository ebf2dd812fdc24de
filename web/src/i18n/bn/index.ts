import type { Catalog } from "../locale.ts";
import { app } from "./app.ts";
import { auth } from "./auth.ts";
import { channels } from "./channels.ts";
import { chat } from "./chat.ts";
import { common } from "./common.ts";
import { connection } from "./connection.ts";
import { errors } from "./errors.ts";
import { notDone } from "./notDone.ts";
import { people } from "./people.ts";
import { servers } from "./servers.ts";
import { settings } from "./settings.ts";
import { ui } from "./ui.ts";

export const bn = {
	app,
	auth,
	channels,
	chat,
	common,
	connection,
	errors,
	notDone,
	people,
	servers,
	settings,
	ui,
} satisfies Catalog;
