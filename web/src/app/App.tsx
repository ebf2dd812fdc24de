import { lazy, type ReactNode, Suspense } from "react";
import { SignIn } from "@/features/auth/SignIn.tsx";
import { loadHubTexts, loadSettingsTexts } from "@/i18n/index.ts";
import { lazyPart } from "@/lib/lazyPart.ts";
import { paths } from "@/lib/paths.ts";
import { Redirect, Router, useLocation, useQuery } from "@/lib/router.tsx";
import { useStore } from "@/stores/index.ts";
import { Announcer } from "@/ui/Announcer.tsx";
import { TooltipHost } from "@/ui/Tooltip.tsx";
import { PageBoundary } from "./PageBoundary.tsx";
import { Unreachable } from "./Unreachable.tsx";

const Hub = lazyPart(async () => {
	const [page] = await Promise.all([import("./Hub.tsx"), loadHubTexts()]);
	return page;
});
const Register = lazyPart(() => import("@/features/auth/Register.tsx"));
const InvitePage = lazyPart(() => import("@/features/auth/InvitePage.tsx"));
const NotSetUp = lazyPart(() => import("@/features/auth/NotSetUp.tsx"));
const Setup = lazyPart(() => import("@/features/auth/Setup.tsx"));
const ResetPassword = lazyPart(
	() => import("@/features/auth/ResetPassword.tsx"),
);
// Only the development build has the page that shows every part in every state.
const Catalogue = import.meta.env.DEV
	? lazy(async () => {
			await Promise.all([loadHubTexts(), loadSettingsTexts()]);
			return import("./catalogue/Catalogue.tsx");
		})
	: null;

export function App() {
	return (
		<>
			<Router>
				<Suspense>
					<Bounded />
				</Suspense>
			</Router>
			<TooltipHost />
			<Announcer />
		</>
	);
}

/** Elsewhere is another try. */
function Bounded() {
	const { pathname } = useLocation();
	return (
		<PageBoundary resetKey={pathname}>
			<Page />
		</PageBoundary>
	);
}

/** Which page an address leads to, and who may see it. */
function Page() {
	const { pathname } = useLocation();
	const [first, second] = pathname.split("/").filter(Boolean);
	switch (first) {
		case undefined:
			return <Redirect to={paths.home} />;
		case "login":
			return <BeforeSession page={<SignIn />} />;
		case "register":
			return <BeforeSession page={<Register />} />;
		case "setup":
			return <UnlessSignedIn page={<Setup />} />;
		case "reset":
			return <ResetPassword />;
		case "invite":
			return <InvitePage code={decode(second ?? "")} />;
		case "catalogue":
			return Catalogue ? <Catalogue name={second ?? ""} /> : <InSession />;
		default:
			return <InSession />;
	}
}

function UnlessSignedIn({ page }: { page: ReactNode }) {
	const status = useStore((state) => state.session.status);
	return status === "signed_in" ? <Redirect to={paths.home} /> : page;
}

/** Sign-in and registration; whoever is signed in goes on to where they wanted. */
function BeforeSession({ page }: { page: ReactNode }) {
	const status = useStore((state) => state.session.status);
	const needsSetup = useStore((state) => state.hub?.setup_needed ?? false);
	const joined = useStore((state) => state.ui.joined);
	const query = useQuery();
	// Who joined by registering is there already, and the invite that led here may be used up.
	if (status === "signed_in")
		return (
			<Redirect
				to={joined ? paths.server(joined) : safeNext(query.get("next"))}
			/>
		);
	return needsSetup ? <NotSetUp /> : page;
}

/**
 * The hub itself; whoever is signed out signs in first and comes back to the same place. Not so who
 * signed out on purpose: whoever signs in next need not be the same.
 */
function InSession() {
	const session = useStore((state) => state.session);
	const { pathname } = useLocation();
	if (session.status === "starting") return <Unreachable />;
	if (session.status === "signed_in") return <Hub />;
	const query = new URLSearchParams({ next: pathname });
	const isLeft = session.reason === "signed_out" || pathname === paths.home;
	return <Redirect to={isLeft ? paths.login : `${paths.login}?${query}`} />;
}

/** Only places of this client are gone to; a link cannot lead elsewhere after sign-in. */
function safeNext(next: string | null): string {
	return next !== null && /^\/(?:app|invite)(?:\/[\w/-]*)?$/u.test(next)
		? next
		: paths.home;
}

/** A broken escape in an address names nothing, and must not break the page. */
function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
