/** Permission bits, at the positions that the hub's contract gives them. */
const permission = {
	createInvite: 1n << 0n,
	kickMembers: 1n << 1n,
	manageChannels: 1n << 4n,
	manageServer: 1n << 5n,
	viewChannel: 1n << 10n,
	sendMessages: 1n << 11n,
	manageMessages: 1n << 13n,
	readHistory: 1n << 16n,
} as const;

export type Permission = keyof typeof permission;

/** Whether a set, as the wire writes it, has a permission. What one grants beside itself the hub has put in. */
export function grants(set: string, wanted: Permission): boolean {
	return (BigInt(set) & permission[wanted]) !== 0n;
}
