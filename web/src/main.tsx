import "@/styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App.tsx";
import { startClient } from "@/gateway/start.ts";
import { askWhatAils, startLocale } from "@/i18n/index.ts";
import { noteMissingCode, orReload } from "@/lib/staleCode.ts";
import { getState } from "@/stores/index.ts";

// The catalogue of the development build has a hub of its own.
const isCatalogue =
	import.meta.env.DEV && location.pathname.startsWith("/catalogue");

noteMissingCode();
askWhatAils(() => getState().trouble);

const root = document.getElementById("root");
if (root) {
	const started = [startLocale(), isCatalogue ? null : startClient()];
	await orReload(Promise.all(started));
	createRoot(root).render(
		<StrictMode>
			<App />
		</StrictMode>,
	);
}
