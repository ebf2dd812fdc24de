import { useEffect } from "react";
import { useT } from "@/i18n/index.ts";
import { becameShown, useStore } from "@/stores/index.ts";
import { toast } from "@/ui/toasts.ts";

/** One notice when another tab has signed somebody else in: this one followed without a press. */
export function useBecame(): void {
	const t = useT();
	const became = useStore((state) => state.ui.became);
	useEffect(() => {
		if (became === null) return;
		toast(t.people.became(became), { stays: true });
		becameShown();
	}, [became, t]);
}
