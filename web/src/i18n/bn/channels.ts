import type { Catalog } from "../locale.ts";
import { counted } from "./counted.ts";
import { ended } from "./ending.ts";

const deletedMany = counted({
	other: "{n}টি চ্যানেল মুছে ফেলা হয়েছে, সেগুলোর মধ্যে {names}।",
});
const hiddenMany = counted({
	other: "আপনি আর {n}টি চ্যানেল দেখতে পান না, সেগুলোর মধ্যে {names}।",
});
const unsentMany = counted({
	other: "{n}টি চ্যানেলে যা লিখেছিলেন তা পাঠানো হয়নি, সেগুলোর মধ্যে {names}।",
});

export const channels = {
	nav: "চ্যানেল",
	list: "এই সার্ভারের চ্যানেল",
	create: "চ্যানেল খুলুন",
	createLead: "এক বিষয়ের কথা এক চ্যানেলে থাকে।",
	createAction: "খুলুন",
	name: "নাম",
	nameHint: "ফাঁকা জায়গা ড্যাশ, আর বড় হাতের অক্ষর ছোট হাতের হয়ে যায়।",
	topic: "বিষয়",
	topicHint: "কী নিয়ে? নামের পাশে দেখা যায়।",
	edit: "চ্যানেল সম্পাদনা করুন",
	editTitle: (name: string) => `#${name} সম্পাদনা করুন`,
	remove: "চ্যানেল মুছুন",
	removeTitle: (name: string) => `#${name} মুছবেন?`,
	removeText: "এর সব বার্তা সবার জন্য মুছে যাবে, ফেরানো যাবে না।",
	removeAction: "চ্যানেল মুছুন",
	deleted: (name: string, server: string) =>
		`#${name} (${server}) মুছে ফেলা হয়েছে।`,
	deletedSome: (names: string) => `${names} মুছে ফেলা হয়েছে।`,
	deletedMany: (n: number, names: string) =>
		deletedMany(n).replace("{names}", () => names),
	hidden: (name: string, server: string) =>
		`আপনি আর #${name} (${server}) দেখতে পান না।`,
	hiddenSome: (names: string) => `আপনি আর ${names} দেখতে পান না।`,
	hiddenMany: (n: number, names: string) =>
		hiddenMany(n).replace("{names}", () => names),
	unsent: (name: string, server: string) =>
		`#${ended(name, "এ")} (${server}) যা লিখেছিলেন তা পাঠানো হয়নি।`,
	unsentSome: (names: string) =>
		`${ended(names, "এ")} যা লিখেছিলেন তা পাঠানো হয়নি।`,
	unsentMany: (n: number, names: string) =>
		unsentMany(n).replace("{names}", () => names),
	inServer: (names: string, server: string) => `${names} (${server})`,
	copyWritten: "যা লিখেছিলেন কপি করুন",
	thrownAway: "যা লিখেছিলেন তা ফেলে দেওয়া হয়েছে।",
	takeBack: "ফিরিয়ে আনুন",
	markRead: "পঠিত ধরুন",
	copyLink: "লিংক কপি করুন",
	moveUp: "উপরে তুলুন",
	moveDown: "নিচে নামান",
	marked: (name: string, marks: readonly string[]) =>
		[name, ...marks].join(", "),
	unread: "অপঠিত",
	draft: "খসড়া",
	begunEdit: "অসমাপ্ত সম্পাদনা",
	menu: (name: string) => `#${ended(name, "এর")} মেনু`,
	none: "এখানে এখনও কোনো চ্যানেল নেই।",
	noneHint: "মালিক এখনও খোলেননি, বা শেষটি মুছে ফেলেছেন।",
	resize: "চ্যানেল তালিকার প্রস্থ",
	moreUp: "উপরে আরও অপঠিত",
	moreDown: "নিচে আরও অপঠিত",
} satisfies Catalog["channels"];
