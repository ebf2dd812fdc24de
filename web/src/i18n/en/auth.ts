import { counted } from "./counted.ts";

export const auth = {
	signIn: "Sign in",
	signInTitle: (hub: string) => `Sign in to ${hub}`,
	signInLead: "Good to see you again.",
	login: "Name or e-mail",
	password: "Password",
	showPassword: "Show password",
	hidePassword: "Hide password",
	capsLock: "Caps lock is on.",
	noAccount: "No account yet?",
	haveAccount: "Already have an account?",
	register: "Create an account",
	registerTitle: (hub: string) => `Join ${hub}`,
	registerToJoinServer: (server: string) =>
		`Create an account to join ${server}`,
	registerLead: "A name and a password are enough.",
	registerClosed: "New accounts need an invite here.",
	accountTaken:
		"No account can be created with this name and address. If you have one already, sign in.",
	inviteBad: "This does not look like an invite.",
	inviteCode: "Invite link or code",
	username: "Name",
	usernameHint: "2 to 32 letters a–z, digits, dot, dash or underscore.",
	usernameFault: {
		length: "Use 2 to 32 characters.",
		characters: "Use only a–z, 0–9, dot, dash and underscore.",
		ends: "Begin and end with a letter or digit.",
	},
	email: "E-mail",
	emailHint: "To sign in with. The hub sends no mail.",
	emailFault: "This does not look like an e-mail address.",
	passwordHint: "At least 10 characters; a few words work well.",
	passwordShort: counted({
		one: "At least 10: {n} more",
		other: "At least 10: {n} more",
	}),
	strength: {
		weak: "Weak",
		fair: "Fair",
		good: "Good",
		strong: "Strong",
	},
	strengthLabel: "Strength",
	required: "Required.",
	guessedHere:
		"Too many wrong passwords for this name from here: this one was not checked.",
	guessed:
		"Too many wrong passwords for this name: this one was not checked. If they were not yours, others may have tried the name. Devices where you have signed in before still work, and an administrator can give you a link to set a new password.",
	forgot:
		"Forgot the password? An administrator of this hub can give you a link to set a new one.",
	setupTitle: "Set up this hub",
	setupLead:
		"You are the first one here. Name the place and make the account that looks after it.",
	hubName: "Name of the hub",
	hubNameHint: "People see it when they sign in. It can be changed later.",
	adminAccount: "Your account",
	adminAccountHint: "It becomes the administrator of the hub.",
	registration: "Who may create an account?",
	open: "Everyone",
	openHint: "Anyone who can reach this page.",
	invite: "Invite only",
	inviteHint: "People need an invite link.",
	setupGo: "Open the hub",
	setupDoneTitle: "This hub is set up",
	setupDone: "Its setup link has been used. Sign in with your account.",
	setupWrongToken:
		"This setup link is not valid any more. The newest one stands in the hub's terminal.",
	notSetUpTitle: "Not set up yet",
	notSetUp:
		"This hub has just been installed. Its administrator finds the setup link in the terminal where it was started.",
	checkAgain: "Check again",
	resetTitle: "Choose a new password",
	resetLead: "This signs out all other sessions of your account.",
	resetGo: "Set the password",
	resetDone: "The password is set. Sign in with it.",
	resetBad:
		"This link has been used or is too old. Ask an administrator for another.",
	newPassword: "New password",
	inviteTitle: (server: string) => `You are invited to ${server}`,
	invitedBy: (name: string) => `${name} invites you to join`,
	members: counted({ one: "{n} member", other: "{n} members" }),
	expires: (when: string) => `The invite expires ${when}.`,
	acceptInvite: "Join",
	openServer: "Open",
	signInToJoin: "Sign in to join",
	registerToJoin: "Create an account to join",
	inviteGoneTitle: "This invite does not work",
	inviteGone: "It has ended, been used up, or never was. Ask for a new one.",
	inviteForMembers:
		"This invite is only for people who have an account here. To create one, ask for an invite that allows it.",
	toApp: "To the hub",
	opening: "Opening the hub",
	busyTitle: "Many are here at once",
	busyHint: counted({
		one: "The hub is busy. This page opens by itself in {n} second.",
		other: "The hub is busy. This page opens by itself in {n} seconds.",
	}),
	unreachable: "The hub cannot be reached.",
	unreachableHint: "It may be starting. This page tries again by itself.",
	troubled: "The hub cannot store anything right now.",
	troubledHint:
		"Nothing that you wrote is lost. This page opens by itself as soon as the hub is well again.",
	troubledStranger: {
		database:
			"The hub is there, but its database is not. This page opens by itself as soon as it is back.",
		storage:
			"The hub is there, but has no space left. This page opens by itself as soon as it is well again.",
	},
	signedInAs: (name: string) => `Signed in as ${name}.`,
};
