import { type ReactNode, useEffect, useState } from "react";
import InvitePage from "@/features/auth/InvitePage.tsx";
import NotSetUp from "@/features/auth/NotSetUp.tsx";
import Register from "@/features/auth/Register.tsx";
import ResetPassword from "@/features/auth/ResetPassword.tsx";
import Setup from "@/features/auth/Setup.tsx";
import { SignIn } from "@/features/auth/SignIn.tsx";
import { paths } from "@/lib/paths.ts";
import { Redirect } from "@/lib/router.tsx";
import { fillPorts } from "@/stores/ports.ts";
import { initialState, type State } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { fakePorts } from "./fakePorts.ts";
import {
	busy,
	channelId,
	emptyChannelId,
	fresh,
	longChannel,
	NOW,
	serverId,
	troubled,
} from "./fixtures.ts";
import { Parts } from "./Parts.tsx";

type Scene = { state: State; page?: ReactNode; path?: string };

const signedOut: State = {
	...initialState,
	hub: busy.hub,
	session: { status: "signed_out", reason: null },
};
const expired: State = {
	...signedOut,
	session: { status: "signed_out", reason: "expired" },
};
const loading: State = {
	...busy,
	timelines: {},
	channels: { byId: busy.channels.byId, byServer: busy.channels.byServer },
};

const long = longChannel(400);
const cutOff: State = {
	...long,
	timelines: Object.fromEntries(
		Object.entries(long.timelines).map(([id, one]) => [
			id,
			{ ...one, hasNewer: true, hasFailedNewer: true },
		]),
	),
};

const readOnly: State = {
	...troubled,
	connection: busy.connection,
	channelPermissions: { [channelId]: "66560" },
};
const muted: State = {
	...readOnly,
	drafts: { [channelId]: "I was just about to say that the lamp oil" },
};

const scenes: Record<string, Scene> = {
	parts: { state: busy, page: <Parts /> },
	"sign-in": { state: signedOut, page: <SignIn /> },
	"sign-in-ended": { state: expired, page: <SignIn /> },
	register: { state: signedOut, page: <Register /> },
	setup: { state: signedOut, page: <Setup /> },
	"not-set-up": { state: signedOut, page: <NotSetUp /> },
	reset: { state: signedOut, page: <ResetPassword /> },
	invite: { state: signedOut, page: <InvitePage code="x" /> },
	first: { state: fresh, path: paths.home },
	chat: { state: busy, path: paths.channel(serverId, channelId) },
	home: { state: busy, path: paths.server(serverId) },
	long: { state: long, path: paths.channel(serverId, channelId) },
	"cut-off": { state: cutOff, path: paths.channel(serverId, channelId) },
	empty: { state: busy, path: paths.channel(serverId, emptyChannelId) },
	loading: { state: loading, path: paths.channel(serverId, channelId) },
	troubled: { state: troubled, path: paths.channel(serverId, channelId) },
	"read-only": { state: readOnly, path: paths.channel(serverId, channelId) },
	muted: { state: muted, path: paths.channel(serverId, channelId) },
	gone: { state: busy, path: paths.channel(serverId, "1") },
	profile: { state: busy, path: paths.settings("profile") },
	account: { state: busy, path: paths.settings("account") },
	sessions: { state: busy, path: paths.settings("sessions") },
	appearance: { state: busy, path: paths.settings("appearance") },
	language: { state: busy, path: paths.settings("language") },
	keyboard: { state: busy, path: paths.settings("keyboard") },
	about: { state: busy, path: paths.settings("about") },
	hub: { state: busy, path: paths.settings("hub") },
	users: { state: busy, path: paths.settings("users") },
	overview: { state: busy, path: paths.serverSettings(serverId, "overview") },
	channels: { state: busy, path: paths.serverSettings(serverId, "channels") },
	invites: { state: busy, path: paths.serverSettings(serverId, "invites") },
	members: { state: busy, path: paths.serverSettings(serverId, "members") },
};

fillPorts(fakePorts);
// The catalogue is compared by eye from day to day: its clock stands still.
Date.now = () => NOW;

/** Every screen and part in every state, for the eye. Only the development build has this page. */
export default function Catalogue({ name }: { name: string }) {
	const scene = scenes[name];
	const [isSet, setSet] = useState(false);
	useEffect(() => {
		if (!scene) return;
		store.setState(scene.state, true);
		setSet(true);
	}, [scene]);
	if (!scene)
		return (
			<ul className="p-6 text-ui">
				{Object.keys(scenes).map((each) => (
					<li key={each}>
						<a href={`/catalogue/${each}`}>{each}</a>
					</li>
				))}
			</ul>
		);
	if (!isSet) return null;
	return scene.path ? <Redirect to={scene.path} /> : scene.page;
}
