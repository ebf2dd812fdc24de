import { counted } from "./counted.ts";

export const errors = {
	codes: {
		malformed: "The request could not be read.",
		invalid_input: "Something in the form is not right yet.",
		unauthenticated: "Sign in to do this.",
		session_ended: "Your session has ended. Sign in again.",
		invalid_credentials: "That name and password do not go together.",
		forbidden: "You are not allowed to do this.",
		registration_closed: "Registration is by invitation here.",
		setup_required: "This hub has not been set up yet.",
		not_found: "This is not here, or not for you.",
		method_not_allowed: "That cannot be done here.",
		conflict: "That does not fit the present state.",
		taken: "That is already taken.",
		limit_reached: "The limit for this has been reached.",
		payload_too_large: "That is too large.",
		unsupported_media_type: "That kind of content is not accepted.",
		rate_limited: "Too fast. Wait a moment.",
		internal: "Something failed on the hub.",
		unavailable: "The hub is busy. Try again shortly.",
		storage_full: "The hub has no space left.",
		unknown_command: "This client is newer than the hub.",
	},
	network: "The hub cannot be reached.",
	gateway:
		"The hub cannot be reached: what stands before it gets no answer. Try again shortly.",
	timeout: "The hub did not answer in time.",
	foreignPage: (address: string) =>
		`This hub is set up for ${address}. Open it there, or ask its operator to correct its address.`,
	unknown: "Something went wrong.",
	busyRetry: "The hub is busy. This is sent again by itself.",
	ails: {
		database: "The hub cannot store anything right now. Try again later.",
		storage: "The hub has no space left. Try again later.",
	},
	ailsRetry: {
		database:
			"The hub cannot store anything right now. This is sent again by itself.",
		storage: "The hub has no space left. This is sent again by itself.",
	},
	retryInMinutes: counted({
		one: "Try again in {n} minute.",
		other: "Try again in {n} minutes.",
	}),
	retryIn: counted({
		one: "Try again in {n} second.",
		other: "Try again in {n} seconds.",
	}),
	fields: {
		required: "Required.",
		too_short: counted({
			one: "At least {n} character.",
			other: "At least {n} characters.",
		}),
		too_long: counted({
			one: "At most {n} character.",
			other: "At most {n} characters.",
		}),
		too_small: counted({ other: "At least {n}." }),
		too_large: counted({ other: "At most {n}." }),
		too_many: counted({ other: "At most {n}." }),
		no_room: counted({
			other: "No room is left: all together at most {n} bytes.",
		}),
		invalid_characters: "Some characters are not allowed here.",
		invalid_format: "This does not have the right form.",
		unknown_field: "The hub does not know this field.",
		wrong_type: "This is not the right kind of value.",
		taken: "Already taken.",
		reserved: "This name is kept for those who run the hub.",
		unchanged: "This is what it is already.",
		too_common: "Too many people use this password. Choose another.",
		too_often: "This was changed too often. Wait before the next change.",
		wrong: "That is not your password.",
		gone: "This does not work, or not any more.",
		insufficient: "This is for those who have an account here already.",
	},
};
