//! Every action of the hub and what it requires: the whole policy on one page.

use battala_proto::Permissions;

use super::policy::Requirement;
use super::target::{ChannelTarget, InviteTarget, MemberTarget, MessageTarget, ServerTarget};
use super::{Action, HashesPassword};

macro_rules! actions {
    (@hashes_password) => { false };
    (@hashes_password HashesPassword) => { true };
    ($($(#[doc = $doc:literal])+ $name:ident($target:ty) = $requires:expr $(, $mark:ident)?;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Action for $name {
                const NAME: &'static str = stringify!($name);
                const REQUIRES: Requirement = $requires;
                const HASHES_PASSWORD: bool = actions!(@hashes_password $($mark)?);
                type Target = $target;
            }

            $(impl $mark for $name {})?
        )+

        /// Name and requirement of every action, so that a test sees that none was forgotten.
        pub const ALL_ACTIONS: &[(&str, Requirement)] = &[$((stringify!($name), $requires)),+];
    };
}

const NOTHING: Permissions = Permissions::NONE;
const VIEW: Permissions = Permissions::VIEW_CHANNEL;
const SEND: Permissions = Permissions::SEND_MESSAGES;
const HISTORY: Permissions = Permissions::READ_MESSAGE_HISTORY;

actions! {
    /// See what the hub is called and who may register.
    ReadHub(()) = Requirement::Anyone;
    /// Set a fresh hub up; the token of the setup link decides.
    SetupHub(()) = Requirement::Anyone, HashesPassword;
    /// Change the hub's settings.
    UpdateHub(()) = Requirement::HubAdmin;
    /// List the accounts of the hub.
    ListUsers(()) = Requirement::HubAdmin;
    /// See whose invites open the hub.
    ListInviters(()) = Requirement::HubAdmin;
    /// Name an account whose invites open the hub.
    AddInviter(()) = Requirement::HubAdmin;
    /// Take that back.
    RemoveInviter(()) = Requirement::HubAdmin;
    /// Make a one-time link with which someone sets a new password.
    CreatePasswordReset(()) = Requirement::HubAdmin, HashesPassword;
    /// Have the jobs that failed tried once more.
    RetryJobs(()) = Requirement::HubAdmin;
    /// Go on with a job of the queue.
    RunJob(()) = Requirement::Job;

    /// Make an account.
    Register(()) = Requirement::Anyone, HashesPassword;
    /// Sign in.
    Login(()) = Requirement::Anyone, HashesPassword;
    /// Renew a session; its refresh token decides.
    RefreshSession(()) = Requirement::Anyone;
    /// Sign out; the refresh token or the access token decides whom.
    Logout(()) = Requirement::Anyone;
    /// Set a new password; the token of the one-time link decides whose.
    ResetPassword(()) = Requirement::Anyone, HashesPassword;
    /// See the own sessions.
    ListSessions(()) = Requirement::Account;
    /// End own sessions.
    EndSession(()) = Requirement::Account;
    /// Renew the access token of an open connection.
    RenewConnection(()) = Requirement::Account;

    /// See the own account.
    ReadMe(()) = Requirement::Account;
    /// Change the own account.
    UpdateMe(()) = Requirement::Account, HashesPassword;
    /// Change the own password.
    ChangePassword(()) = Requirement::Account, HashesPassword;
    /// See the public profile of an account.
    ReadUser(()) = Requirement::Account;
    /// Choose the status that others see.
    SetPresence(()) = Requirement::Account;

    /// Make a server.
    CreateServer(()) = Requirement::Account;
    /// See the own servers.
    ListServers(()) = Requirement::Account;
    /// Put the own servers in another order, for oneself.
    ReorderServers(()) = Requirement::Account;
    /// See a server's structure.
    ReadServer(ServerTarget) = Requirement::Here(NOTHING);
    /// Rename a server.
    UpdateServer(ServerTarget) = Requirement::Here(Permissions::MANAGE_SERVER);
    /// Delete a server with everything in it.
    DeleteServer(ServerTarget) = Requirement::Owner;
    /// See who is in a server.
    ListMembers(ServerTarget) = Requirement::Here(NOTHING);
    /// Leave a server.
    LeaveServer(ServerTarget) = Requirement::Here(NOTHING);
    /// Remove a member from a server.
    KickMember(MemberTarget) = Requirement::Over(Permissions::KICK_MEMBERS);

    /// Make an invite.
    CreateInvite(ServerTarget) = Requirement::Here(Permissions::CREATE_INVITE);
    /// See the invites of a server.
    ListInvites(ServerTarget) = Requirement::Here(Permissions::MANAGE_SERVER);
    /// Revoke an invite of a server: an own one, or with the permission any.
    RevokeInvite(InviteTarget) = Requirement::AuthorOrHere(Permissions::MANAGE_SERVER);
    /// See where an invite leads; knowing the code decides.
    PreviewInvite(()) = Requirement::Anyone;
    /// Join by an invite; knowing the code decides.
    JoinServer(()) = Requirement::Account;

    /// Make a channel.
    CreateChannel(ServerTarget) = Requirement::Here(Permissions::MANAGE_CHANNELS);
    /// Put channels in another order.
    ReorderChannels(ServerTarget) = Requirement::Here(Permissions::MANAGE_CHANNELS);
    /// See a channel.
    ReadChannel(ChannelTarget) = Requirement::Channel(VIEW);
    /// Change a channel.
    UpdateChannel(ChannelTarget) = Requirement::Channel(Permissions::MANAGE_CHANNELS);
    /// Delete a channel with everything in it.
    DeleteChannel(ChannelTarget) = Requirement::Channel(Permissions::MANAGE_CHANNELS);

    /// Read messages of a channel.
    ReadMessages(ChannelTarget) = Requirement::Channel(HISTORY);
    /// Write a message.
    SendMessage(ChannelTarget) = Requirement::Channel(SEND);
    /// Read one message.
    ReadMessage(MessageTarget) = Requirement::Channel(HISTORY);
    /// Change the text of an own message.
    EditMessage(MessageTarget) = Requirement::Author(SEND);
    /// Delete an own message, or with the permission any.
    DeleteMessage(MessageTarget) = Requirement::AuthorOr(Permissions::MANAGE_MESSAGES);
    /// Say that one is typing.
    StartTyping(ChannelTarget) = Requirement::Channel(SEND);
    /// See or move the own reading position.
    MarkRead(ChannelTarget) = Requirement::Channel(VIEW);
}
