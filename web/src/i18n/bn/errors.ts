import type { Catalog } from "../locale.ts";
import { counted } from "./counted.ts";

export const errors = {
	codes: {
		malformed: "অনুরোধটি পড়া যায়নি।",
		invalid_input: "ফর্মের কিছু এখনও ঠিক নেই।",
		unauthenticated: "এটি করতে সাইন ইন করুন।",
		session_ended: "আপনার সেশন শেষ হয়েছে। আবার সাইন ইন করুন।",
		invalid_credentials: "নাম ও পাসওয়ার্ড মিলছে না।",
		forbidden: "আপনার এটি করার অনুমতি নেই।",
		registration_closed: "এখানে নিবন্ধন শুধু আমন্ত্রণে।",
		setup_required: "এই হাব এখনও প্রস্তুত করা হয়নি।",
		not_found: "এটি এখানে নেই, বা আপনার জন্য নয়।",
		method_not_allowed: "এখানে এটি করা যায় না।",
		conflict: "বর্তমান অবস্থার সঙ্গে এটি মেলে না।",
		taken: "এটি আগেই নেওয়া হয়েছে।",
		limit_reached: "এর সীমা পূর্ণ হয়েছে।",
		payload_too_large: "এটি খুব বড়।",
		unsupported_media_type: "এই ধরনের বিষয়বস্তু গ্রহণ করা হয় না।",
		rate_limited: "একটু ধীরে। কিছুক্ষণ অপেক্ষা করুন।",
		internal: "হাবে কিছু একটা ব্যর্থ হয়েছে।",
		unavailable: "হাব ব্যস্ত। একটু পরে আবার চেষ্টা করুন।",
		storage_full: "হাবে আর জায়গা নেই।",
		unknown_command: "এই ক্লায়েন্ট হাবের চেয়ে নতুন।",
	},
	network: "হাবের সঙ্গে সংযোগ করা যাচ্ছে না।",
	gateway:
		"হাবের সঙ্গে সংযোগ করা যাচ্ছে না: তার সামনে যা আছে তা উত্তর পাচ্ছে না। একটু পরে আবার চেষ্টা করুন।",
	timeout: "হাব সময়মতো উত্তর দেয়নি।",
	foreignPage: (address: string) =>
		`এই হাবের ঠিকানা ${address}। সেখানে খুলুন, বা পরিচালককে ঠিকানাটি ঠিক করতে বলুন।`,
	unknown: "কিছু একটা ভুল হয়েছে।",
	busyRetry: "হাব ব্যস্ত। এটি নিজেই আবার পাঠানো হচ্ছে।",
	ails: {
		database: "হাব এখন কিছু রাখতে পারছে না। পরে আবার চেষ্টা করুন।",
		storage: "হাবে আর জায়গা নেই। পরে আবার চেষ্টা করুন।",
	},
	ailsRetry: {
		database: "হাব এখন কিছু রাখতে পারছে না। এটি নিজেই আবার পাঠানো হচ্ছে।",
		storage: "হাবে আর জায়গা নেই। এটি নিজেই আবার পাঠানো হচ্ছে।",
	},
	retryInMinutes: counted({
		one: "{n} মিনিট পরে আবার চেষ্টা করুন।",
		other: "{n} মিনিট পরে আবার চেষ্টা করুন।",
	}),
	retryIn: counted({
		one: "{n} সেকেন্ড পরে আবার চেষ্টা করুন।",
		other: "{n} সেকেন্ড পরে আবার চেষ্টা করুন।",
	}),
	fields: {
		required: "এটি দরকার।",
		too_short: counted({
			one: "অন্তত {n}টি অক্ষর।",
			other: "অন্তত {n}টি অক্ষর।",
		}),
		too_long: counted({
			one: "সর্বোচ্চ {n}টি অক্ষর।",
			other: "সর্বোচ্চ {n}টি অক্ষর।",
		}),
		too_small: counted({ other: "অন্তত {n}।" }),
		too_large: counted({ other: "সর্বোচ্চ {n}।" }),
		too_many: counted({ other: "সর্বোচ্চ {n}টি।" }),
		no_room: counted({ other: "আর জায়গা নেই: সব মিলিয়ে সর্বোচ্চ {n} বাইট।" }),
		invalid_characters: "কিছু অক্ষর এখানে চলে না।",
		invalid_format: "এর গঠন ঠিক নয়।",
		unknown_field: "হাব এই ঘরটি চেনে না।",
		wrong_type: "মানটি সঠিক ধরনের নয়।",
		taken: "আগেই নেওয়া হয়েছে।",
		reserved: "এই নামটি হাবের পরিচালকদের জন্য রাখা।",
		unchanged: "এটিই তো এখন আছে।",
		too_common: "অনেকেই এই পাসওয়ার্ড ব্যবহার করেন। অন্য একটি বেছে নিন।",
		too_often: "এটি খুব ঘন ঘন বদলানো হয়েছে। আবার বদলানোর আগে অপেক্ষা করুন।",
		wrong: "এটি আপনার পাসওয়ার্ড নয়।",
		gone: "এটি কাজ করে না, বা আর করে না।",
		insufficient: "যাঁদের এখানে অ্যাকাউন্ট আছে, এটি তাঁদের জন্য।",
	},
} satisfies Catalog["errors"];
