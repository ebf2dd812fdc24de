import type { Catalog } from "../locale.ts";
import { ended } from "./ending.ts";

export const notDone = {
	because: (what: string, reason: string) => `${what}: ${reason}`,
	status: "অবস্থা বদলানো যায়নি",
	channelRead: (name: string) => `#${ended(name, "কে")} পঠিত ধরা যায়নি`,
	serverRead: (name: string) => `${ended(name, "কে")} পঠিত ধরা যায়নি`,
	allRead: "সব পঠিত ধরা যায়নি",
	unread: "বার্তাটি অপঠিত ধরা যায়নি",
	deleted: "বার্তাটি মোছা যায়নি",
	edited: "পরিবর্তনটি সংরক্ষণ করা যায়নি",
	sent: "বার্তাটি পাঠানো যায়নি",
	news: "নতুন বার্তা আনা যায়নি",
	newest: "শেষের বার্তা আনা যায়নি",
	message: "বার্তাটি আনা যায়নি",
	channelsMoved: "চ্যানেল সরানো যায়নি",
	serversMoved: "সার্ভার সরানো যায়নি",
	serverLoaded: (name: string) => `${ended(name, "কে")} আনা যায়নি`,
	reset: (name: string) => `${ended(name, "এর")} পাসওয়ার্ড রিসেট করা যায়নি`,
	named: (name: string) => `${ended(name, "কে")} আমন্ত্রক করা যায়নি`,
	unnamed: (name: string) => `${ended(name, "কে")} আমন্ত্রক থেকে সরানো যায়নি`,
	signedOut: (device: string) => `${ended(device, "এর")} সেশন শেষ করা যায়নি`,
	revoked: "আমন্ত্রণ বাতিল করা যায়নি",
} satisfies Catalog["notDone"];
