import type { Catalog } from "../locale.ts";

export const ui = {
	cancel: "বাতিল",
	close: "বন্ধ করুন",
	dismiss: "সরিয়ে দিন",
	discard: "বাদ দিন",
	discardQuestion: "পরিবর্তনগুলো বাদ দেবেন?",
	keepEditing: "সম্পাদনা চালিয়ে যান",
	notices: "বিজ্ঞপ্তি",
	retry: "আবার চেষ্টা করুন",
	more: "আরও",
	optional: "ঐচ্ছিক",
	save: "সংরক্ষণ",
	reset: "আগের মতো",
	unsaved: "পরিবর্তন সংরক্ষিত হয়নি",
	saved: "সংরক্ষিত হয়েছে",
	partFailed: "এই অংশটি কাজ করছে না",
	partSafe: "বাকি সব ঠিক আছে, আপনার লেখা কিছুই হারায়নি।",
	partReload: "অংশটি আবার খুলুন",
	copied: "কপি হয়েছে",
	copyFailed: "ব্রাউজার কপি করতে দেয়নি।",
	retryIn: (seconds: string) => `${seconds} সেকেন্ড পরে চেষ্টা করুন`,
} satisfies Catalog["ui"];
