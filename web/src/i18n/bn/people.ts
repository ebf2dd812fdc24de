import type { Catalog } from "../locale.ts";
import { counted } from "./counted.ts";
import { ended } from "./ending.ts";

export const people = {
	members: "সদস্য",
	online: "অনলাইন",
	offline: "অফলাইন",
	groupOf: (name: string, count: string) => `${name} – ${count}`,
	showOffline: counted({
		one: "{n} জন অফলাইন দেখান",
		other: "{n} জন অফলাইন দেখান",
	}),
	filter: "সদস্য খুঁজুন",
	noMatch: "যাঁদের নাম এসেছে তাঁদের মধ্যে এই নামে কেউ নেই।",
	owner: "মালিক",
	you: "আপনি",
	status: {
		online: "অনলাইন",
		idle: "একটু দূরে",
		dnd: "বিরক্ত করবেন না",
		invisible: "অদৃশ্য",
		offline: "অফলাইন",
	},
	statusHint: {
		online: "",
		idle: "কিছুক্ষণের জন্য নেই",
		dnd: "কিছুই বাজবে না",
		invisible: "অফলাইন দেখাবে, আপনি সব দেখবেন",
		offline: "",
	},
	statusMenu: (status: string) => `আপনার অবস্থা: ${status}`,
	panel: "আপনি",
	signOut: "সাইন আউট",
	settings: "সেটিংস",
	notHere: "তিনি আর এই সার্ভারে নেই।",
	joined: "সদস্য হয়েছেন",
	profileOf: (name: string) => `${ended(name, "এর")} পরিচয়`,
	rowLabel: (name: string, status: string) => `${name}, ${status}`,
	rowOwner: (name: string, status: string) => `${name}, মালিক, ${status}`,
	editProfile: "পরিচয় সম্পাদনা",
} satisfies Catalog["people"];
