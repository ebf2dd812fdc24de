import { lazy, type ReactNode, Suspense, useEffect } from "react";
import {
	BrowserRouter,
	Navigate,
	Route,
	Routes,
	useLocation,
	useNavigate,
	useSearchParams,
} from "react-router";
import { InvitePage } from "@/features/auth/InvitePage.tsx";
import { NotSetUp } from "@/features/auth/NotSetUp.tsx";
import { Register } from "@/features/auth/Register.tsx";
import { SignIn } from "@/features/auth/SignIn.tsx";
import { setNavigation } from "@/lib/navigation.ts";
import { paths } from "@/lib/paths.ts";
import { useStore } from "@/stores/index.ts";
import { Announcer } from "@/ui/Announcer.tsx";
import { TooltipHost } from "@/ui/Tooltip.tsx";
import { Unreachable } from "./Unreachable.tsx";

const Hub = lazy(() => import("./Hub.tsx"));
const Setup = lazy(() => import("@/features/auth/Setup.tsx"));
const ResetPassword = lazy(() => import("@/features/auth/ResetPassword.tsx"));
// Only the development build has the page that shows every part in every state.
const Catalogue = import.meta.env.DEV
	? lazy(() => import("./catalogue/Catalogue.tsx"))
	: null;

/** Which page an address leads to, and who may see it. */
export function App() {
	return (
		<>
			<BrowserRouter>
				<Navigator />
				<Suspense>
					<Routes>
						<Route
							path="/setup"
							element={<UnlessSignedIn page={<Setup />} />}
						/>
						<Route path="/reset" element={<ResetPassword />} />
						<Route path="/invite/:code" element={<InvitePage />} />
						<Route
							path="/login"
							element={<BeforeSession page={<SignIn />} />}
						/>
						<Route
							path="/register"
							element={<BeforeSession page={<Register />} />}
						/>
						{Catalogue ? (
							<Route path="/catalogue/*" element={<Catalogue />} />
						) : null}
						<Route path="/" element={<Navigate to={paths.home} replace />} />
						<Route path="*" element={<InSession />} />
					</Routes>
				</Suspense>
			</BrowserRouter>
			<TooltipHost />
			<Announcer />
		</>
	);
}

function Navigator() {
	const navigate = useNavigate();
	useEffect(
		() => setNavigation((path, options) => void navigate(path, options)),
		[navigate],
	);
	return null;
}

function UnlessSignedIn({ page }: { page: ReactNode }) {
	const status = useStore((state) => state.session.status);
	return status === "signed_in" ? <Navigate to={paths.home} replace /> : page;
}

/** Sign-in and registration; whoever is signed in goes on to where they wanted. */
function BeforeSession({ page }: { page: ReactNode }) {
	const status = useStore((state) => state.session.status);
	const needsSetup = useStore((state) => state.hub?.setup_needed ?? false);
	const [query] = useSearchParams();
	if (status === "signed_in")
		return <Navigate to={safeNext(query.get("next"))} replace />;
	return needsSetup ? <NotSetUp /> : page;
}

/** The hub itself; whoever is signed out signs in first and comes back to the same place. */
function InSession() {
	const status = useStore((state) => state.session.status);
	const { pathname } = useLocation();
	if (status === "starting") return <Unreachable />;
	if (status === "signed_in") return <Hub />;
	const query = new URLSearchParams({ next: pathname });
	return (
		<Navigate
			to={pathname === paths.home ? paths.login : `${paths.login}?${query}`}
			replace
		/>
	);
}

/** Only places of this client are gone to; a link cannot lead elsewhere after sign-in. */
function safeNext(next: string | null): string {
	return next !== null && /^\/(?:app|invite)(?:\/[\w/-]*)?$/u.test(next)
		? next
		: paths.home;
}
