import type { Catalog } from "../locale.ts";

export const common = {
	appName: "বটতলা হাব",
	cancel: "বাতিল",
	close: "বন্ধ করুন",
	save: "সংরক্ষণ",
	delete: "মুছুন",
	retry: "আবার চেষ্টা করুন",
	loading: "লোড হচ্ছে",
	copied: "কপি হয়েছে",
	copy: "কপি",
} satisfies Catalog["common"];
