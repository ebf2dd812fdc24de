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

export type Location = {
	pathname: string;
	search: string;
	hash: string;
	/** What the step that led here left in the history. */
	state: unknown;
};

type Options = { replace?: boolean; state?: unknown };

const listeners = new Set<() => void>();

/** Goes to a place of this client, or so many steps through the history. */
export function goTo(to: string | number, options: Options = {}): void {
	if (typeof to === "number") return history.go(to);
	const { replace = false, state = null } = options;
	if (replace) history.replaceState(state, "", to);
	else history.pushState(state, "", to);
	for (const listener of listeners) listener();
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

/** Keeps the location; a page whose code is still loading keeps the one before it on the screen. */
export function Router({ children }: { children: ReactNode }) {
	const [location, setLocation] = useState(read);
	useEffect(() => {
		const update = () => startTransition(() => setLocation(read()));
		listeners.add(update);
		window.addEventListener("popstate", update);
		// The address may have changed between the first render and now.
		update();
		return () => {
			listeners.delete(update);
			window.removeEventListener("popstate", update);
		};
	}, []);
	return <Here.Provider value={location}>{children}</Here.Provider>;
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
	useEffect(() => goTo(to, { replace: true }), [to]);
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
