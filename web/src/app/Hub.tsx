import { Suspense } from "react";
import { askToSignOut } from "@/features/me/askToSignOut.tsx";
import { loadSettingsTexts, useT } from "@/i18n/index.ts";
import { lazyPart } from "@/lib/lazyPart.ts";
import { placeOf } from "@/lib/paths.ts";
import { useLocation } from "@/lib/router.tsx";
import { DialogHost } from "@/ui/dialogs.tsx";
import { MenuOutlet } from "@/ui/Menu.tsx";
import { PaneBoundary } from "@/ui/PaneBoundary.tsx";
import { ToastRegion } from "@/ui/ToastRegion.tsx";
import { NotHere } from "./NotHere.tsx";
import { Pending } from "./Pending.tsx";
import { Shell } from "./Shell.tsx";
import { UpdatePill } from "./UpdatePill.tsx";
import { useBecame } from "./useBecame.ts";
import { useKeyboard } from "./useKeyboard.ts";
import { useLongPress } from "./useLongPress.ts";
import { useLost } from "./useLost.ts";
import { usePartsAtHand } from "./usePartsAtHand.ts";
import { useReached } from "./useReached.ts";
import { useTitle } from "./useTitle.ts";

const UserSettings = lazyPart(() =>
	withTexts(import("@/features/settings/UserSettings.tsx")),
);
const ServerSettings = lazyPart(() =>
	withTexts(import("./ServerSettings.tsx")),
);

/** A page that has words of the settings, with these. */
async function withTexts<T>(coming: Promise<T>): Promise<T> {
	const [page] = await Promise.all([coming, loadSettingsTexts()]);
	return page;
}

/** Everything a signed-in person sees. */
export default function Hub() {
	const t = useT();
	const place = placeOf(useLocation().pathname);
	useKeyboard(place);
	useTitle(place);
	useLost(place);
	useReached();
	useBecame();
	useLongPress();
	usePartsAtHand();
	const text = {
		failed: t.ui.partFailed,
		safe: t.ui.partSafe,
		reload: t.ui.partReload,
	};
	return (
		<>
			<PaneBoundary text={text} resetKey={place.kind}>
				{place.kind === "settings" ? (
					<Suspense fallback={<Pending />}>
						<UserSettings tab={place.tab} onSignOut={askToSignOut} />
					</Suspense>
				) : place.kind === "serverSettings" ? (
					<Suspense fallback={<Pending />}>
						<ServerSettings serverId={place.serverId} tab={place.tab} />
					</Suspense>
				) : place.kind === "unknown" ? (
					<div className="flex h-dvh bg-chat">
						<NotHere />
					</div>
				) : (
					<Shell place={place} />
				)}
			</PaneBoundary>
			<DialogHost />
			<MenuOutlet />
			<ToastRegion />
			<UpdatePill />
		</>
	);
}
