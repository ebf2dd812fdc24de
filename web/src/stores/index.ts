/**
 * The client's data, for features: hooks that select, actions that act.
 * A feature needs nothing else; it never fetches and never sees a socket.
 *
 * Start: `main.tsx` awaits `startClient()` of `@/gateway/start.ts` and then renders;
 * `useStore((s) => s.session)` says `starting`, `signed_out` (with a reason to
 * show, or null) or `signed_in` (`isCached`: painted from this device).
 * `useStore((s) => s.hub)` is `HubInfo | null` (`setup_needed`, `registration`).
 *
 * Hooks
 *   useStore(select) · useShallowStore(select)
 *   useMe() → Me | null · useConnection() → Connection (union by `status`)
 *   useChannels(serverId) → Channel[] in order
 *   useTimeline(channelId) → { status: absent|loading|ready|failed, rows, hasOlder,
 *     hasNewer, isLoadingOlder, isLoadingNewer, isNewerFailed, isBehind }; rows are start |
 *     day | unread | message | pending with a stable `key`
 *   useMessage(channelId, id) · usePending(channelId, nonce) · useAuthor(message)
 *   useTyping(channelId) → PublicUser[] · useDraft(channelId) → string
 *   useHasBegunEdit(channelId) → boolean
 *   useMembers(serverId) → { online, total, rows: by index } | undefined
 *   useIsUnread(channelId) · useUnreadCount(channelId) → number | null (unknown)
 *   useIsServerUnread(serverId) · useIsOwner(serverId) · useCan(serverId, permission) ·
 *   useCanInChannel(channelId, permission) → boolean | undefined (unknown)
 *   useWaitingCount() → unsent messages
 *   useIsAttended() → whether someone is looking at the page
 *   useReadMarks(channelId, isEndVisible) → acknowledges reading; call it in the list
 *
 * Lists of servers: `useStore((s) => s.servers.order)` and
 * `useStore((s) => s.servers.byId[id])`; `details` is null until it has come.
 *
 * Actions: each returns a promise that rejects with `ApiError` (see
 * `@/i18n` `errorText` and `fieldText` for its sentences) unless noted.
 *   account   signIn({login, password}) · register({username, password, display_name?,
 *             email?, invite?}) · setupHub({token, username, password, email?, hub_name,
 *             registration}) · signOut() · resetPassword({token, password}) ·
 *             listSessions() → Session[] · endSession(id) · endOtherSessions() ·
 *             changePassword({current_password, new_password}) · updateProfile({...}) → Me
 *   hub       loadHub() → HubInfo · updateHub({name?, registration?, inviters?}) ·
 *             listInviters() → PublicUser[] · addInviter(userId) · removeInviter(userId) ·
 *             listHubUsers({query?, after?, limit?}) → Me[] · createPasswordReset(userId, body)
 *             → {url, expires_at}
 *   servers   createServer(name) → ServerState · renameServer(id, name) ·
 *             deleteServer(id) · leaveServer(id) · reorderServers(ids) ·
 *             kickMember(serverId, userId) ·
 *             listMembers(serverId, {after?, limit?}) → Member[] ·
 *             findMember(serverId, userId) → Member ·
 *             createChannel(serverId, {name, topic?}) → Channel ·
 *             updateChannel(id, {name?, topic?}) · deleteChannel(id) ·
 *             isMyDeletion(id) (sync) · reorderChannels(serverId, ids)
 *   invites   createInvite(serverId, {expires_in_s?, uses_max?, reuse?}) → Invite ·
 *             listInvites(serverId) · revokeInvite(serverId, code) ·
 *             previewInvite(code, signal?) → InvitePreview · joinInvite(code) → ServerState ·
 *             welcomed() (sync)
 *   history   openChannel(id) · closeChannel() (sync) · loadOlder(id) · loadNewer(id) · retryNewer(id) ·
 *             jumpToPresent(id, left?) · jumpToMessage(channelId, id, left?) · jumpToRead(…) ·
 *             jumpToStart(channelId, left?) (then `ui.jump`) · jumpShown() (sync) · setFollowing(id, isAtEnd) (sync) · reloadWindow(id)
 *   messages  sendMessage(channelId, text) · retryMessage(channelId, nonce) ·
 *             discardMessage(channelId, nonce) · takeBackMessage(channelId, nonce, draft) ·
 *             editMessage(channelId, id, text) → Message · readMessage(channelId, id) → Message ·
 *             deleteMessage(channelId, id) ·
 *             startTyping(channelId) (sync) ·
 *             setDraft(channelId, text) (sync) · addToDraft(channelId, text) → draft (sync)
 *   presence  markRead(channelId) · markReadTo(channelId, messageId) ·
 *             markUnread(channelId, messageId) ·
 *             subscribeMembers(serverId, [[first, last], …]) (sync) · setStatus(status) ·
 *             tryNow() (sync) · lostShown() (sync)
 *   lostWords takeGone(gone) · takeEdits(keys) · takeOrphans() → LostWords, what one notice
 *             offers · joinLost(one, other) · hasWords(lost) · textOf(lost) · isOffered(key) · isBack(lost) ·
 *             forgetGone(lost) · restoreGone(lost) (all sync)
 */
export { ApiError, CommandError } from "@/api/errors.ts";
export * from "./actions/account.ts";
export * from "./actions/channelOrder.ts";
export * from "./actions/history.ts";
export * from "./actions/hub.ts";
export * from "./actions/lostWords.ts";
export * from "./actions/messages.ts";
export * from "./actions/presence.ts";
export * from "./actions/serverOrder.ts";
export * from "./actions/servers.ts";
export * from "./hooks.ts";
export * from "./selectors.ts";
export type * from "./state.ts";
export { dispatch, getState, store } from "./store.ts";
export { type TimelineRow, timelineRows } from "./timelineRows.ts";
export { useIsAttended } from "./useIsAttended.ts";
export { useReadMarks } from "./useReadMarks.ts";
