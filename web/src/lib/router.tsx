/**
 * The address bar as state: the present location, going elsewhere, links. Matching is done by
 * `lib/paths.ts`, so nothing more is needed of a router.
 */
import {
	type ComponentProps,
	createContext,
	type MouseEvent,
	type ReactNode,
	startTransition,
	useContext,
	useEffect,
	useMemo,
	useState,
} from "react";
import { placeOf } from "./paths.ts";

export type Location = {
	pathname: string;
	search: string;
	hash: string;
	/** What the step that led here left in the history. */
	state: unknown;
};

type Options = { replace?: boolean; state?: unknown };

const listeners = new Set<() => void>();

/** Asked when somebody wants to go elsewhere; `leave` lets them. */
type Guard = (leave: () => void) => void;

let guard: Guard | null = null;

/** Keeps this place until `ask` lets go of it; null takes the guard away. */
export function guardPlace(ask: Guard | null): void {
	guard = ask;
}

/** Goes to a place of this client, or so many steps through the history. */
export function goTo(to: string | number, options: Options = {}): void {
	if (typeof to === "number") return history.go(to);
	if (guard) return guard(() => move(to, options));
	move(to, options);
}

function move(to: string, { replace = false, state = null }: Options): void {
	guard = null;
	if (replace) history.replaceState(state, "", to);
	else history.pushState(state, "", to);
	for (const listener of listeners) listener();
}

/** Keeps something with the step of the history that is shown, for who comes back to it. */
export function noteInStep(shown: Location, name: string, value: string): void {
	// What is shown may be on its way out.
	if (window.location.pathname !== shown.pathname) return;
	const { state } = history;
	if (state?.[name] !== value)
		history.replaceState({ ...state, [name]: value }, "");
}

function read(): Location {
	const { pathname, search, hash } = window.location;
	return { pathname, search, hash, state: history.state };
}

const Here = createContext<Location>({
	pathname: "/",
	search: "",
	hash: "",
	state: null,
});

/**
 * Keeps the location. A page whose code is still loading keeps the one before it on the screen;
 * from channel to channel there is nothing to load, and the press is answered at once.
 */
export function Router({ children }: { children: ReactNode }) {
	const [location, setLocation] = useState(read);
	useEffect(() => {
		let shown = read();
		const update = () => {
			const isNear = isChannel(shown);
			shown = read();
			if (isNear && isChannel(shown)) setLocation(shown);
			else startTransition(() => setLocation(shown));
		};
		// The step is taken already: it is undone until the guard lets it be.
		const onStep = () => {
			if (!guard) return update();
			const { pathname, search, hash, state } = shown;
			history.pushState(state, "", pathname + search + hash);
			guard(() => {
				guard = null;
				history.back();
			});
		};
		listeners.add(update);
		window.addEventListener("popstate", onStep);
		// The address may have changed between the first render and now.
		update();
		return () => {
			listeners.delete(update);
			window.removeEventListener("popstate", onStep);
		};
	}, []);
	return <Here.Provider value={location}>{children}</Here.Provider>;
}

function isChannel({ pathname }: Location): boolean {
	return placeOf(pathname).kind === "channel";
}

export function useLocation(): Location {
	return useContext(Here);
}

export function useQuery(): URLSearchParams {
	const { search } = useLocation();
	return useMemo(() => new URLSearchParams(search), [search]);
}

/** Goes elsewhere as soon as it is shown. */
export function Redirect({ to }: { to: string }) {
	// Not asked for by anybody: no guard can keep them.
	useEffect(() => move(to, { replace: true }), [to]);
	return null;
}

type LinkProps = Omit<ComponentProps<"a">, "href"> & {
	to: string;
} & Options;

/** A link within the client. With a modifier or the middle button the browser opens it as it will. */
export function Link({ to, replace, state, onClick, ...rest }: LinkProps) {
	const follow = (event: MouseEvent<HTMLAnchorElement>) => {
		onClick?.(event);
		const isPlain =
			event.button === 0 &&
			!event.metaKey &&
			!event.ctrlKey &&
			!event.shiftKey &&
			!event.altKey;
		if (event.defaultPrevented || !isPlain) return;
		event.preventDefault();
		goTo(to, { replace: replace ?? false, state });
	};
	return <a href={to} onClick={follow} {...rest} />;
}
