//! Servers: making, changing and deleting communities.

use battala_proto::Event;
use battala_proto::channels::ChannelHead;
use battala_proto::channels::{Channel, ChannelForMember, ChannelKind};
use battala_proto::events::{
    Head, ReadyServer, RemovalReason, ServerReads, ServerUpdated, ServersReordered,
};
use battala_proto::id::{ChannelId, ServerId, UserId};
use battala_proto::limits::SERVERS_PER_USER_MAX;
use battala_proto::permissions::Permissions;
use battala_proto::servers::{
    CreateServer, ReorderServers, Role, Server, ServerState, UpdateServer,
};
use battala_store::tables::{channels as channel_table, members, servers, users};
use battala_store::{Conn, DbError, Readable};

use crate::Hub;
use crate::access::structure::{Membership, Rights, Structure};
use crate::access::{self, Action as _, Can, ServerTarget};
use crate::bus::{Audience, Change, Counters};
use crate::channels::row::channels_of;
use crate::error::{Error, Result, readable};
use crate::jobs::job::Job;
use crate::limits::Bucket;
use crate::members::{MemberPlace, enter, places};
use crate::places::arrange;
use crate::work::{Entry, Level};

mod unread;

/// The channel that every server begins with.
const FIRST_CHANNEL: &str = "general";

pub(crate) fn server_of(row: servers::ServerRow) -> Server {
    Server {
        id: row.id,
        name: row.name,
        icon: row.icon,
        owner_id: row.owner_id,
        epoch: row.counters.epoch,
        member_count: row.member_count,
        created_at: row.created_at,
    }
}

/// The roles that can be read.
fn roles_of(rows: Vec<Readable<servers::RoleRow>>) -> Vec<Role> {
    let rows = readable(rows, "a role is left out that cannot be read");
    rows.map(role_of).collect()
}

fn role_of(row: servers::RoleRow) -> Role {
    let permissions = Permissions::from_bits_retain(row.permissions);
    Role {
        id: row.id,
        name: row.name,
        permissions,
        position: row.position,
    }
}

/// Makes a server with one channel; the caller owns it.
///
/// # Errors
/// [`Error::LimitReached`] when the caller is in too many servers.
pub async fn create(
    hub: &Hub,
    can: Can<access::CreateServer>,
    request: CreateServer,
) -> Result<ServerState> {
    let me = can.public_user()?;
    hub.write(can, move |work| {
        Box::pin(async move {
            refuse_too_many(work.tx(), me.id).await?;
            let (id, now): (ServerId, _) = (work.make_id()?, work.now());
            let row = servers::ServerRow {
                id,
                name: request.name.into_string(),
                icon: None,
                owner_id: me.id,
                counters: Counters {
                    epoch: 0,
                    structure_rev: 0,
                    rights_version: 0,
                },
                member_count: 0,
                created_at: now,
            };
            servers::insert(work.tx(), &row).await?;
            work.raise(id, Level::Rights).await?;
            let everyone = servers::RoleRow {
                id: id.everyone_role(),
                server_id: id,
                name: "everyone".to_owned(),
                permissions: Permissions::EVERYONE_DEFAULT.bits(),
                position: 0,
            };
            servers::insert_role(work.tx(), &everyone).await?;
            let general = channel_table::ChannelRow {
                id: work.make_id()?,
                server_id: id,
                r#type: ChannelKind::Text,
                name: FIRST_CHANNEL.to_owned(),
                topic: String::new(),
                position: 0,
                created_at: now,
            };
            channel_table::insert(work.tx(), &general).await?;
            enter(work, id, me.id).await?;
            work.audit(Entry::in_server(id, id)).await?;
            let whole = load_whole(work.tx(), id).await?;
            // Its owner may do everything.
            let all = Permissions::all();
            Ok(whole.ok_or(Error::NotFound)?.seen(all, |_| all))
        })
    })
    .await
}

/// Refuses one more server for a user who is in as many as can be.
pub(crate) async fn refuse_too_many(conn: &mut Conn, user: UserId) -> Result<()> {
    if members::count_of_user(conn, user).await? >= SERVERS_PER_USER_MAX {
        return Err(Error::LimitReached {
            what: "servers",
            limit: SERVERS_PER_USER_MAX,
        });
    }
    Ok(())
}

/// All of a server's structure, whoever sees how much of it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The server.
    pub server: Server,
    /// All its channels, by position.
    pub channels: Vec<Channel>,
    /// Its roles, by position.
    pub roles: Vec<Role>,
    /// The number of this structure.
    pub structure_rev: i64,
    /// The version of the rights by which it is divided.
    pub rights_version: i64,
}

impl Whole {
    /// As those of a class see it, by the rights of its own version.
    pub fn seen_by(&self, structure: &Structure, class: &Rights) -> ServerState {
        self.seen(class.here, |id| structure.bits_of(class, id))
    }

    /// As it is seen by who may do this in it, and so much in each channel.
    fn seen(&self, here: Permissions, bits_in: impl Fn(ChannelId) -> Permissions) -> ServerState {
        let see = |channel: &Channel| {
            let permissions = bits_in(channel.id);
            let is_seen = permissions.contains(Permissions::VIEW_CHANNEL);
            is_seen.then(|| ChannelForMember {
                channel: channel.clone(),
                permissions,
            })
        };
        ServerState {
            server: self.server.clone(),
            channels: self.channels.iter().filter_map(see).collect(),
            roles: self.roles.clone(),
            permissions: here,
            epoch: self.server.epoch,
            structure_rev: self.structure_rev,
            following: Vec::new(),
        }
    }
}

/// `None` when the server is deleted.
async fn load_whole(conn: &mut Conn, id: ServerId) -> Result<Option<Whole>, DbError> {
    let Some(server) = servers::get(conn, id).await? else {
        return Ok(None);
    };
    let channels = channel_table::list(conn, id).await?;
    let roles = servers::roles(conn, id).await?;
    Ok(Some(Whole {
        channels: channels_of(channels),
        roles: roles_of(roles),
        structure_rev: server.counters.structure_rev,
        rights_version: server.counters.rights_version,
        server: server_of(server),
    }))
}

/// The structure of a server as a caller sees it, who stands to it like this; `None` when it is deleted,
/// or when the caller is no member.
pub(crate) async fn load_state_for(
    conn: &mut Conn,
    target: &ServerTarget,
    now: i64,
) -> Result<Option<ServerState>, DbError> {
    let whole = load_whole(conn, target.id).await?;
    let seen = whole.zip(target.class(now));
    Ok(seen.map(|(whole, (structure, class))| whole.seen_by(structure, &class)))
}

/// The own servers in the own order.
///
/// # Errors
/// What the database refuses.
pub async fn list(hub: &Hub, can: Can<access::ListServers>) -> Result<Vec<Server>> {
    let mut reader = hub.read(&can).await?;
    let rows = servers::of_user(&mut reader, can.user_id()?).await?;
    Ok(rows.into_iter().map(server_of).collect())
}

/// The own servers at one moment, for a connection that begins.
#[derive(Debug, Default)]
pub struct OwnServers {
    /// In the own order with what was not read there, and their counters.
    pub servers: Vec<(ReadyServer, Counters)>,
    /// Where the user stands in them, but for those of which it cannot be read what decides rights there.
    pub places: Vec<MemberPlace>,
}

/// The own servers with what was not read there, and where the user stands in them.
///
/// # Errors
/// What the database refuses.
pub async fn list_with_unread(hub: &Hub, can: &Can<access::ListServers>) -> Result<OwnServers> {
    let (mut reader, user_id) = (hub.read_snapshot(can).await?, can.user_id()?);
    let rows = servers::with_unread(&mut reader, user_id).await?;
    let membership = |row: &servers::MemberServerRow| {
        let membership = Membership::stored(row.member.clone());
        (row.id, row.counters, membership)
    };
    let memberships = rows.iter().map(membership).collect();
    let places = places(hub, &mut reader, memberships).await?;
    let unread = unread::seen(hub, &mut reader, user_id, (&rows, &places)).await?;
    let statements = reader.statements();
    tracing::trace!(
        action = access::ListServers::NAME,
        statements,
        "own servers"
    );
    let show = |row: servers::MemberServerRow| {
        let server = ReadyServer {
            id: row.id,
            name: row.name,
            icon: row.icon,
            epoch: row.counters.epoch,
            structure_rev: row.counters.structure_rev,
            member_rev: row.member.rev,
            member_count: row.member_count,
            is_unread: unread.contains(&row.id),
            mentions: 0,
        };
        (server, row.counters)
    };
    let servers = rows.into_iter().map(show).collect();
    Ok(OwnServers { servers, places })
}

/// Moves own servers to other places. Only the own connections are told: the order is the caller's
/// alone. A move that changes nothing is told to none.
///
/// # Errors
/// [`Error::Mismatch`] on the `id` of a server that the caller is not in.
pub async fn reorder(
    hub: &Hub,
    can: Can<access::ReorderServers>,
    request: ReorderServers,
) -> Result<Vec<Server>> {
    let user_id = can.user_id()?;
    hub.write(can, move |work| {
        Box::pin(async move {
            let moves = request.servers.iter();
            let moves: Vec<_> = moves.map(|place| (place.id, place.position)).collect();
            let rows = servers::of_user(work.tx(), user_id).await?;
            if rows.iter().map(|row| row.id).eq(arranged(&rows, &moves)?) {
                return Ok(rows.into_iter().map(server_of).collect());
            }
            // It locks the account, so that all is read once more: two orders at once cannot mix, nor
            // wait for each other in a circle.
            let rev = users::raise_rev(work.tx(), user_id).await?;
            let rows = servers::of_user(work.tx(), user_id).await?;
            let order = arranged(&rows, &moves)?;
            members::set_order(work.tx(), user_id, &order).await?;
            let reordered = ServersReordered {
                server_ids: order,
                rev,
            };
            work.emit(Audience::User(user_id), Event::ServersReordered(reordered));
            let rows = servers::of_user(work.tx(), user_id).await?;
            Ok(rows.into_iter().map(server_of).collect())
        })
    })
    .await
}

/// The order of these servers after some were moved.
fn arranged(rows: &[servers::ServerRow], moves: &[(ServerId, u32)]) -> Result<Vec<ServerId>> {
    let present: Vec<ServerId> = rows.iter().map(|row| row.id).collect();
    arrange("servers", &present, moves)
}

/// The structure of a server, of its channels those that the caller sees.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn get(hub: &Hub, can: Can<access::ReadServer>) -> Result<ServerState> {
    let (mut reader, can) = hub.read_as(can).await?;
    load_state_for(&mut reader, can.target(), hub.now())
        .await?
        .ok_or(Error::NotFound)
}

/// All of a server's structure, for a gateway that tells many at once.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn whole(hub: &Hub, can: Can<access::ReadServer>) -> Result<Whole> {
    let mut reader = hub.read(&can).await?;
    load_whole(&mut reader, can.target().id)
        .await?
        .ok_or(Error::NotFound)
}

pub(crate) fn head_of(row: &channel_table::HeadRow) -> Head {
    Head {
        id: row.come.id,
        last_seq: row.come.last_seq,
        last_message_id: row.come.last_message_id,
    }
}

/// How far the channels of a server have come.
#[derive(Debug, Clone)]
pub struct Reads {
    /// Of those that the caller sees, and how far the caller has read.
    pub told: ServerReads,
    /// Of all of them, for whoever keeps their order.
    pub heads: Vec<Head>,
}

/// How far the channels of a server have come and how far the caller has read.
///
/// # Errors
/// What the database refuses.
pub async fn reads(hub: &Hub, can: &Can<access::ReadServer>) -> Result<Reads> {
    let (mut reader, can) = hub.read_as(can.clone()).await?;
    let server_id = can.target().id;
    let rows = channel_table::heads(&mut reader, server_id, can.user_id()?).await?;
    let rows = readable(rows, "a channel stays without its head that cannot be read");
    let mut rows: Vec<_> = rows.collect();
    let heads = rows.iter().map(head_of).collect();
    can.target()
        .retain_seen(&mut rows, hub.now(), |row| row.come.id);
    let show = |row: channel_table::HeadRow| ChannelHead {
        id: row.come.id,
        last_seq: row.come.last_seq,
        last_message_id: row.come.last_message_id,
        last_read_id: row.read_to.0,
        read_rev: row.read.map_or(0, |read| read.rev),
    };
    let told = ServerReads {
        server_id,
        channels: rows.into_iter().map(show).collect(),
    };
    Ok(Reads { told, heads })
}

/// Renames a server. The name that it has already is told to nobody.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile, [`Error::ChangedTooOften`].
pub async fn update(
    hub: &Hub,
    can: Can<access::UpdateServer>,
    request: UpdateServer,
) -> Result<Server> {
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            let id = work.target().id;
            let row = servers::get(work.tx(), id).await?.ok_or(Error::NotFound)?;
            if row.name == request.name.as_str() {
                return Ok(server_of(row));
            }
            work.charge_name(Bucket::Rename, "name")?;
            let at = work.raise(id, Level::Structure).await?;
            let row = servers::rename(work.tx(), id, request.name.as_str())
                .await?
                .ok_or(Error::NotFound)?;
            let server = server_of(row);
            let changed = ServerUpdated {
                server: server.clone(),
                epoch: at.epoch,
                structure_rev: at.structure_rev,
            };
            work.emit(Audience::Server(id), Event::ServerUpdated(changed));
            work.audit(Entry::in_server(id, id).with(serde_json::json!({"name": server.name})))
                .await?;
            Ok(server)
        })
    })
    .await
}

/// Deletes a server: at once for everyone, and from the disk in the background.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn delete(hub: &Hub, can: Can<access::DeleteServer>) -> Result<()> {
    hub.write_rights(can, |work| {
        Box::pin(async move {
            let (id, now) = (work.target().id, work.now());
            work.raise(id, Level::Rights).await?;
            if !servers::mark_deleted(work.tx(), id, now).await? {
                return Err(Error::NotFound);
            }
            work.audit(Entry::in_server(id, id)).await?;
            work.change(id, Change::Deleted);
            work.enqueue(Job::PurgeServer { server_id: id }).await
        })
    })
    .await
}

/// Leaves a server. Its owner has to delete it, or give it away first.
///
/// # Errors
/// [`Error::Conflict`] for the owner.
pub async fn leave(hub: &Hub, can: Can<access::LeaveServer>) -> Result<()> {
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            let (server_id, user_id) = (work.target().id, work.can().user_id()?);
            // Who owns it now: it may have been given away, or to the caller, a moment ago.
            if work.target().owner_id == user_id {
                return Err(Error::Conflict(
                    "the owner cannot leave; delete the server instead",
                ));
            }
            crate::members::remove(work, (server_id, user_id), RemovalReason::Left).await
        })
    })
    .await
}
