/** The hub's limits, for hints before it refuses; the hub alone decides. */
export const limits = {
	usernameCharsMin: 2,
	usernameCharsMax: 32,
	displayNameCharsMax: 32,
	emailCharsMax: 254,
	passwordCharsMin: 10,
	passwordCharsMax: 1024,
	serverNameCharsMax: 100,
	channelNameCharsMax: 100,
	topicCharsMax: 1024,
	messageCharsMax: 4000,
	messageBytesMax: 16 * 1024,
	inviteUsesMax: 1000,
	pageRowsMax: 100,
	memberRangesMax: 3,
	memberRangeRowsMax: 100,
} as const;
