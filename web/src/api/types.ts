/**
 * The wire contract as the client names it: names for the generated schema and
 * nothing else. Ids are decimal strings, times integer milliseconds,
 * permissions decimal strings. `schema.ts` is generated (`npm run contract`).
 */
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

export type Id = string;

export type AuthResponse = Schemas["AuthResponse"];
export type Channel = Schemas["Channel"];
export type ChannelChanges = Schemas["ChannelChanges"];
export type ChannelHead = Schemas["ChannelHead"];
export type Head = Schemas["Head"];
export type ChosenStatus = Schemas["ChosenStatus"];
export type EndReason = Schemas["EndReason"];
export type FieldError = Schemas["FieldError"];
export type HubInfo = Schemas["HubInfo"];
export type Inviters = Schemas["Inviters"];
export type Invite = Schemas["Invite"];
export type InvitePreview = Schemas["InvitePreview"];
export type ListedMember = Schemas["ListedMember"];
export type Me = Schemas["Me"];
export type Member = Schemas["Member"];
export type MemberGroup = Schemas["MemberGroup"];
export type MemberList = Schemas["MemberList"];
export type Message = Schemas["Message"];
export type MessageKind = Schemas["MessageKind"];
export type MessagePage = Schemas["MessagePage"];
export type PasswordResetLink = Schemas["PasswordResetLink"];
export type PublicUser = Schemas["PublicUser"];
export type ReadState = Schemas["ReadState"];
export type ReadyServer = Schemas["ReadyServer"];
export type Registered = Schemas["Registered"];
export type Registration = Schemas["Registration"];
export type RemovalReason = Schemas["RemovalReason"];
export type ChannelForMember = Schemas["ChannelForMember"];
export type Server = Schemas["Server"];
export type ServerState = Schemas["ServerState"];
export type Session = Schemas["Session"];
export type WatchedChannel = Schemas["WatchedChannel"];

/** Request bodies. */
export type ChangePassword = Schemas["ChangePassword"];
export type ChannelPlace = Schemas["ChannelPlace"];
export type CreateChannel = Schemas["CreateChannel"];
export type CreateInvite = Schemas["CreateInvite"];
export type CreatePasswordReset = Schemas["CreatePasswordReset"];
export type Login = Schemas["Login"];
export type Register = Schemas["Register"];
export type ResetPassword = Schemas["ResetPassword"];
export type SetupHub = Schemas["SetupHub"];
export type UpdateChannel = Schemas["UpdateChannel"];
export type UpdateHub = Schemas["UpdateHub"];
export type UpdateMe = Schemas["UpdateMe"];

/** What each event carries; the key is its name on the socket. */
export type EventMap = Schemas["ServerEvents"];
export type EventName = keyof EventMap;

/** An event with its name, so that a switch can tell them apart. */
export type HubEvent = {
	[Name in EventName]: { name: Name; data: EventMap[Name] };
}[EventName];

/** What each command takes and how it is answered. */
export type CommandMap = Schemas["Commands"];
export type CommandName = keyof CommandMap;

/** First and last row of a watched range, both included. */
export type RowRange = [first: number, last: number];
