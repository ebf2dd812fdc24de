import { useEffect } from "react";
import { useT } from "@/i18n/index.ts";
import { Redirect } from "@/lib/router.tsx";
import { toast } from "@/ui/toasts.ts";

/** Whoever goes back to a place that is gone meanwhile goes on elsewhere, and is told why. */
export function GoneFrom({ to }: { to: string }) {
	const t = useT();
	useEffect(() => {
		toast(t.servers.backToGone);
	}, [t]);
	return <Redirect to={to} />;
}
