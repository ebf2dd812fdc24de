import { app } from "./app.ts";
import { auth } from "./auth.ts";
import { channels } from "./channels.ts";
import { chat } from "./chat.ts";
import { common } from "./common.ts";
import { connection } from "./connection.ts";
import { errors } from "./errors.ts";
import { people } from "./people.ts";
import { servers } from "./servers.ts";
import { settings } from "./settings.ts";
import { ui } from "./ui.ts";

export const en = {
	app,
	auth,
	channels,
	chat,
	common,
	connection,
	errors,
	people,
	servers,
	settings,
	ui,
};
