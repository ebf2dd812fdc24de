import { app } from "./app.ts";
import { channels } from "./channels.ts";
import { chat } from "./chat.ts";
import { notDone } from "./notDone.ts";
import { people } from "./people.ts";
import { servers } from "./servers.ts";

/** What only those who are signed in read; the sign-in page does not carry it. */
export const hub = {
	app,
	channels,
	chat,
	notDone,
	people,
	servers,
};
