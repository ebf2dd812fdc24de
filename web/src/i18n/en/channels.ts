import { counted } from "./counted.ts";

const deletedMany = counted({
	other: "{n} channels were deleted, among them {names}.",
});
const hiddenMany = counted({
	other: "You can no longer see {n} channels, among them {names}.",
});
const unsentMany = counted({
	other: "What you wrote in {n} channels was not sent, among them {names}.",
});

export const channels = {
	nav: "Channels",
	list: "Channels of this server",
	create: "Create a channel",
	createLead: "Channels keep one subject in one place.",
	createAction: "Create",
	name: "Name",
	nameHint: "Spaces become dashes, capitals small letters.",
	topic: "Topic",
	topicHint: "What is it about? Shown beside the name.",
	edit: "Edit channel",
	editTitle: (name: string) => `Edit #${name}`,
	remove: "Delete channel",
	removeTitle: (name: string) => `Delete #${name}?`,
	removeText: "All its messages go, for everyone, and cannot be brought back.",
	removeAction: "Delete channel",
	deleted: (name: string, server: string) =>
		`#${name} (${server}) was deleted.`,
	deletedSome: (names: string) => `${names} were deleted.`,
	deletedMany: (n: number, names: string) =>
		deletedMany(n).replace("{names}", () => names),
	hidden: (name: string, server: string) =>
		`You can no longer see #${name} (${server}).`,
	hiddenSome: (names: string) => `You can no longer see ${names}.`,
	hiddenMany: (n: number, names: string) =>
		hiddenMany(n).replace("{names}", () => names),
	unsent: (name: string, server: string) =>
		`What you wrote in #${name} (${server}) was not sent.`,
	unsentSome: (names: string) => `What you wrote in ${names} was not sent.`,
	unsentMany: (n: number, names: string) =>
		unsentMany(n).replace("{names}", () => names),
	inServer: (names: string, server: string) => `${names} (${server})`,
	copyWritten: "Copy what you wrote",
	thrownAway: "What you wrote was thrown away.",
	takeBack: "Undo",
	markRead: "Mark as read",
	copyLink: "Copy link",
	moveUp: "Move up",
	moveDown: "Move down",
	marked: (name: string, marks: readonly string[]) =>
		[name, ...marks].join(", "),
	unread: "unread",
	draft: "draft",
	begunEdit: "unsaved edit",
	menu: (name: string) => `Menu of #${name}`,
	none: "No channel here yet.",
	noneHint: "The owner has not made one, or has deleted the last.",
	resize: "Width of the channel list",
	moreUp: "More unread above",
	moreDown: "More unread below",
};
