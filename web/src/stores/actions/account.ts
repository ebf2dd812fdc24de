/** Signing in and out, sessions and the own profile. */
import type {
	ChangePassword,
	Id,
	Login,
	Me,
	Register,
	ResetPassword,
	Session,
	SetupHub,
	UpdateMe,
} from "@/api/types.ts";
import { ports } from "../ports.ts";
import { dispatch, dispatchLocal } from "../store.ts";

export async function signIn(body: Login): Promise<void> {
	const { api, begin, inTurn } = ports();
	await begin(await inTurn(() => api.accounts.login(body)));
}

/** Makes an account. Which server it joined by its invite is known before the session begins. */
export async function register(body: Register): Promise<void> {
	const { api, begin, inTurn } = ports();
	const registered = await inTurn(() => api.accounts.register(body));
	const { joined, ...session } = registered;
	if (joined) dispatchLocal({ do: "joined", serverId: joined });
	await begin(session);
}

/** Makes the administrator of a fresh hub and signs in. */
export async function setupHub(body: SetupHub): Promise<void> {
	const { api, begin, inTurn } = ports();
	await begin(await inTurn(() => api.hub.setup(body)));
}

/**
 * Signs out here at once; the hub hears of it when it can be reached. What was written and not
 * sent goes with it, or stays on this device for the next time.
 */
export async function signOut(keepsWriting = false): Promise<void> {
	await ports().leave(keepsWriting);
}

/** The notice that this tab is another's now has been given. */
export function becameShown(): void {
	dispatchLocal({ do: "became", name: null });
}

export async function resetPassword(body: ResetPassword): Promise<void> {
	await ports().api.accounts.resetPassword(body);
}

export async function listSessions(): Promise<Session[]> {
	return (await ports().api.accounts.listSessions()).items;
}

export async function endSession(id: Id): Promise<void> {
	await ports().api.accounts.endSession(id);
}

export async function endOtherSessions(): Promise<void> {
	await ports().api.accounts.endOtherSessions();
}

/**
 * The hub knows a device by the password that it was known with. A renewal lets it know this one by
 * the new password; where that fails, the next one does.
 */
export async function changePassword(body: ChangePassword): Promise<void> {
	await ports().api.accounts.changePassword(body);
	void ports()
		.renew()
		.catch(() => {});
}

/** Reads my account, where a change elsewhere may not have told this device. */
export async function loadMe(): Promise<Me> {
	return takeMe(await ports().api.accounts.me());
}

export async function updateProfile(body: UpdateMe): Promise<Me> {
	return takeMe(await ports().api.accounts.updateMe(body));
}

function takeMe(me: Me): Me {
	dispatch({ kind: "page", page: { of: "me", me } });
	return me;
}
