import type { Catalog } from "../locale.ts";
import { counted } from "./counted.ts";
import { ended } from "./ending.ts";

export const people = {
	members: "সদস্য",
	online: "অনলাইন",
	offline: "অফলাইন",
	lastOnline: "শেষ দেখা পর্যন্ত অনলাইন",
	notKnown: "হাবের সঙ্গে যোগাযোগ না থাকলে কে আছেন তা জানা যায় না।",
	statusNotKnown: "অবস্থা জানা নেই",
	groupOf: (name: string, count: string) => `${name} – ${count}`,
	showOffline: counted({
		one: "{n} জন অফলাইন দেখান",
		other: "{n} জন অফলাইন দেখান",
	}),
	filter: "সদস্য খুঁজুন",
	nobody: "এই নামে কেউ নেই।",
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
		dnd: "একটু নিরিবিলি চাই",
		invisible: "অফলাইন দেখাবে, আপনি সব দেখবেন",
		offline: "",
	},
	statusMenu: (status: string) => `আপনার অবস্থা: ${status}`,
	panel: "আপনি",
	signOut: "সাইন আউট",
	signOutTitle: "সাইন আউট করবেন?",
	unsentMessages: counted({
		one: "{n}টি বার্তা পাঠানো হয়নি।",
		other: "{n}টি বার্তা পাঠানো হয়নি।",
	}),
	unsentDrafts: counted({
		one: "{n}টি খসড়া শেষ হয়নি।",
		other: "{n}টি খসড়া শেষ হয়নি।",
	}),
	keepWriting: counted({
		one: "আবার এখানে সাইন ইন করা পর্যন্ত লেখাটি এই যন্ত্রে থাকতে পারে, বা মুছে ফেলা যায়।",
		other: "আবার এখানে সাইন ইন করা পর্যন্ত লেখাগুলো এই যন্ত্রে থাকতে পারে, বা মুছে ফেলা যায়।",
	}),
	signOutKeep: counted({
		one: "লেখাটি রেখে সাইন আউট",
		other: "লেখাগুলো রেখে সাইন আউট",
	}),
	dropDrafts: counted({
		one: "খসড়াটি ফেলে সাইন আউট",
		other: "{n}টি খসড়া ফেলে সাইন আউট",
	}),
	dropMessages: counted({
		one: "বার্তাটি ফেলে সাইন আউট",
		other: "{n}টি বার্তা ফেলে সাইন আউট",
	}),
	dropAll: "সবই ফেলে সাইন আউট",
	became: (name: string) => `এই ব্রাউজারে আপনি এখন ${name}।`,
	settings: "সেটিংস",
	notHere: "তিনি আর এই সার্ভারে নেই।",
	joined: "সদস্য হয়েছেন",
	profileOf: (name: string) => `${ended(name, "এর")} পরিচয়`,
	rowLabel: (name: string, status: string) => `${name}, ${status}`,
	rowOwner: (name: string, status: string) => `${name}, মালিক, ${status}`,
	editProfile: "পরিচয় সম্পাদনা করুন",
} satisfies Catalog["people"];
