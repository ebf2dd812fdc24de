import type { Catalog } from "../locale.ts";
import { counted } from "./counted.ts";

export const connection = {
	syncing: "হালনাগাদ হচ্ছে…",
	reconnecting: "আবার সংযোগ হচ্ছে…",
	reconnectingIn: counted({
		one: "{n} সেকেন্ডে আবার সংযোগ হবে",
		other: "{n} সেকেন্ডে আবার সংযোগ হবে",
	}),
	tryNow: "এখনই চেষ্টা করুন",
	offline: "অফলাইন",
	offlineWaiting: counted({
		one: "অফলাইন। সংযোগ ফিরলে {n}টি বার্তা পাঠানো হবে।",
		other: "অফলাইন। সংযোগ ফিরলে {n}টি বার্তা পাঠানো হবে।",
	}),
	database: "হাব এখন কিছু রাখতে পারছে না। আপনি যা লিখছেন তা এখানে থাকছে, পরে পাঠানো হবে।",
	storage: "হাবে আর জায়গা নেই। আপনি যা লিখছেন তা এখানে থাকছে, পরে পাঠানো হবে।",
	caughtUp: "সব হালনাগাদ",
	newVersion: "নতুন সংস্করণের জন্য আবার লোড করুন",
	tooMany: counted({
		one: "আপনি একসঙ্গে অনেক জায়গায় যুক্ত আছেন। {n} সেকেন্ডে আবার চেষ্টা হবে",
		other: "আপনি একসঙ্গে অনেক জায়গায় যুক্ত আছেন। {n} সেকেন্ডে আবার চেষ্টা হবে",
	}),
	sessionEnded: {
		signed_out: "আপনি সাইন আউট করেছেন।",
		revoked: "অন্য যন্ত্র থেকে এই সেশন শেষ করা হয়েছে।",
		password_changed: "পাসওয়ার্ড বদলানো হয়েছে। আবার সাইন ইন করুন।",
		expired: "আপনার সেশনের মেয়াদ শেষ। আবার সাইন ইন করুন।",
		other: "আপনার সেশন শেষ হয়েছে। আবার সাইন ইন করুন।",
	},
} satisfies Catalog["connection"];
