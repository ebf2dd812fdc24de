import type { Catalog } from "../locale.ts";

export const common = {
	appName: "বটতলা হাব",
	cancel: "বাতিল",
	loading: "লোড হচ্ছে",
} satisfies Catalog["common"];
