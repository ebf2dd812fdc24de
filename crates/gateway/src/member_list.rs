//! The live member list of one server: who watches which rows, and who is there.
//!
//! A join, a departure or a change of presence is never told to everyone: it marks the list, and a
//! marked list is sent to its watchers at most once per interval, each distinct range encoded once.
//! The interval grows with the number of watchers, so that the work per second is bounded however
//! many come at once.

use std::cell::Cell;
use std::collections::HashMap;
use std::time::Duration;

use battala_hub::shares::Caller;
use battala_proto::Hint;
use battala_proto::commands::RowRange;
use battala_proto::hints::{
    MemberGroup, MemberGroupId, MemberList as ListHint, MemberRange, PresenceGroup,
};
use battala_proto::id::{ServerId, UserId};
use battala_proto::members::{ListedMember, Member, Status};
use battala_proto::users::PublicUser;
use battala_socketio::{Socket, SocketId};
use tokio::time::Instant;

use crate::connection::{Connection, encode};
use crate::host::Host;

/// Lists that one server sends per second at most, over all its watchers.
const SENDS_PER_S: u32 = 2000;
/// The interval of a small server.
const INTERVAL_MIN: Duration = Duration::from_secs(1);
/// For so long the members are known after the last watcher has gone: whoever watches now and then,
/// again and again, has them read no more often than this.
const KEPT: Duration = Duration::from_secs(10);

/// The live member list of one server.
#[derive(Default)]
pub(crate) struct MemberList {
    watchers: HashMap<SocketId, Watcher>,
    members: Members,
    is_marked: bool,
    sent_at: Option<Instant>,
    /// Since when nobody watches.
    deserted_at: Option<Instant>,
}

struct Watcher {
    socket: Socket,
    caller: Caller,
    ranges: Vec<RowRange>,
    /// Has not been sent anything yet, or not the newest.
    is_behind: Cell<bool>,
}

/// The members by name; loaded when somebody first watches.
#[derive(Default)]
enum Members {
    #[default]
    Unknown,
    /// Being read, whoever comes and goes meanwhile; no other reading begins before this one is over.
    Loading(Meanwhile),
    Known(Vec<Row>),
}

/// What has happened since a reading began.
enum Meanwhile {
    /// Applied to what it brings.
    Changes(Vec<Change>),
    /// Something was missed that it may not know of: what it brings does not count.
    Gap,
}

enum Change {
    Insert(Member),
    Remove(UserId),
    Update(PublicUser),
}

struct Row {
    /// The name in lower case, and the id that tells equal names apart.
    key: (String, UserId),
    member: Member,
}

impl Row {
    fn new(member: Member) -> Self {
        Self {
            key: (member.user.display_name.to_lowercase(), member.user.id),
            member,
        }
    }
}

impl MemberList {
    /// Someone came, went or changed the status.
    pub(crate) fn mark(&mut self) {
        self.is_marked = true;
    }

    pub(crate) fn insert(&mut self, member: Member) {
        self.change(Change::Insert(member));
    }

    pub(crate) fn remove(&mut self, user: UserId) {
        self.change(Change::Remove(user));
    }

    pub(crate) fn update(&mut self, user: &PublicUser) {
        self.change(Change::Update(user.clone()));
    }

    /// Drops what is known; it is read anew.
    pub(crate) fn forget(&mut self) {
        self.members = match self.members {
            Members::Loading(_) => Members::Loading(Meanwhile::Gap),
            Members::Unknown | Members::Known(_) => Members::Unknown,
        };
        self.is_marked = true;
    }

    /// Watches ranges instead of what the socket watched before; the next look sends them.
    pub(crate) fn subscribe(&mut self, connection: &Connection, ranges: Vec<RowRange>) {
        let socket = connection.socket.clone();
        if ranges.is_empty() {
            return self.unsubscribe(socket.id());
        }
        self.watchers.insert(
            socket.id(),
            Watcher {
                socket,
                caller: connection.caller(),
                ranges,
                is_behind: Cell::new(true),
            },
        );
    }

    pub(crate) fn unsubscribe(&mut self, socket: SocketId) {
        self.watchers.remove(&socket);
    }

    /// Sends what is due: the whole list to all when it is marked, otherwise only to watchers that
    /// are behind. `true`: the members have to be read first.
    pub(crate) fn publish(&mut self, host: &dyn Host, server: ServerId) -> bool {
        let now = host.now();
        let is_watched = !self.watchers.is_empty();
        if self.begins_reading(is_watched, now) {
            return true;
        }
        if is_watched {
            self.send(host, server, now);
        }
        false
    }

    /// Whether anybody watches, or anything is kept that is to be dropped.
    pub(crate) fn needs_look(&self) -> bool {
        !self.watchers.is_empty() || !matches!(self.members, Members::Unknown)
    }

    /// What the reading brought that was under way.
    pub(crate) fn loaded(&mut self, members: Option<Vec<Member>>) {
        self.is_marked = true;
        // Otherwise it is read anew.
        let (Members::Loading(Meanwhile::Changes(changes)), Some(members)) =
            (std::mem::take(&mut self.members), members)
        else {
            return;
        };
        let mut rows: Vec<Row> = members.into_iter().map(Row::new).collect();
        rows.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.members = Members::Known(rows);
        for change in changes {
            self.change(change);
        }
    }

    /// Whether the members have to be read now. What nobody has watched for some time is dropped.
    fn begins_reading(&mut self, is_watched: bool, now: Instant) -> bool {
        let is_loading = matches!(self.members, Members::Loading(_));
        if !is_watched {
            let deserted_at = *self.deserted_at.get_or_insert(now);
            if now - deserted_at >= KEPT && !is_loading {
                *self = Self::default();
            }
            return false;
        }
        self.deserted_at = None;
        let is_unknown = matches!(self.members, Members::Unknown);
        if is_unknown {
            self.members = Members::Loading(Meanwhile::Changes(Vec::new()));
        }
        is_unknown
    }

    fn change(&mut self, change: Change) {
        self.is_marked = true;
        match &mut self.members {
            Members::Unknown | Members::Loading(Meanwhile::Gap) => {}
            Members::Loading(Meanwhile::Changes(changes)) => changes.push(change),
            Members::Known(rows) => apply(rows, change),
        }
    }

    fn send(&mut self, host: &dyn Host, server: ServerId, now: Instant) {
        let watchers = u32::try_from(self.watchers.len()).unwrap_or(u32::MAX);
        let interval = INTERVAL_MIN.max(Duration::from_secs(1) * watchers / SENDS_PER_S);
        let is_due = self.is_marked && self.sent_at.is_none_or(|sent_at| now - sent_at >= interval);
        let Members::Known(rows) = &self.members else {
            return;
        };
        if is_due {
            self.is_marked = false;
            self.sent_at = Some(now);
        }
        let mut readers: HashMap<&[RowRange], Vec<&Watcher>> = HashMap::new();
        for watcher in self.watchers.values() {
            watcher.is_behind.set(watcher.is_behind.get() || is_due);
            if watcher.is_behind.get() && watcher.takes_one(host) {
                readers.entry(&watcher.ranges).or_default().push(watcher);
            }
        }
        if readers.is_empty() {
            return;
        }
        let sorted = Sorted::new(host, rows);
        for (ranges, mut watchers) in readers {
            // The lists before this one have taken room.
            watchers.retain(|watcher| watcher.takes_one(host));
            if watchers.is_empty() {
                continue;
            }
            let hint = Hint::MemberList(sorted.hint(server, ranges));
            emit(host, watchers, &hint);
        }
    }
}

impl Watcher {
    /// Only the newest list matters: what a watcher has not taken is followed by the next one when
    /// it has, and so each has one that waits.
    fn takes_one(&self, host: &dyn Host) -> bool {
        self.socket.is_drained() && host.untaken().has_room(self.caller)
    }
}

/// Sends one list to all who watch the same and have room for it. The others are behind until they
/// have.
fn emit(host: &dyn Host, mut watchers: Vec<&Watcher>, hint: &Hint) {
    let Some(frame) = encode(hint) else { return };
    let untaken = host.untaken();
    let frame = untaken.hold(frame, &mut watchers, |watcher| watcher.caller);
    for watcher in watchers {
        watcher.is_behind.set(false);
        watcher.socket.emit_paced(&frame);
    }
}

fn apply(rows: &mut Vec<Row>, change: Change) {
    let user = match &change {
        Change::Insert(member) => member.user.id,
        Change::Remove(user) => *user,
        Change::Update(user) => user.id,
    };
    let known = rows
        .iter()
        .position(|row| row.member.user.id == user)
        .map(|place| rows.remove(place));
    let row = match (change, known) {
        (Change::Insert(member), _) => Row::new(member),
        (Change::Update(user), Some(row)) => Row::new(Member { user, ..row.member }),
        (Change::Update(_), None) | (Change::Remove(_), _) => return,
    };
    let place = rows.partition_point(|other| other.key < row.key);
    rows.insert(place, row);
}

/// The rows as watchers see them: who is there by name, then the others by name.
struct Sorted<'a> {
    rows: Vec<(&'a Row, Status)>,
    online: usize,
}

impl<'a> Sorted<'a> {
    fn new(host: &dyn Host, rows: &'a [Row]) -> Self {
        let statuses = host
            .presence()
            .statuses(rows.iter(), |row| row.member.user.id);
        let is_there = |(_, status): &(&Row, Status)| *status != Status::Offline;
        let (mut sorted, offline): (Vec<_>, Vec<_>) = statuses.into_iter().partition(is_there);
        let online = sorted.len();
        sorted.extend(offline);
        Self {
            rows: sorted,
            online,
        }
    }

    fn hint(&self, server_id: ServerId, ranges: &[RowRange]) -> ListHint {
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        let (online, total) = (count(self.online), count(self.rows.len()));
        ListHint {
            server_id,
            online,
            total,
            groups: groups(&[
                (PresenceGroup::Online, online),
                (PresenceGroup::Offline, total - online),
            ]),
            ranges: ranges.iter().map(|range| self.range(*range)).collect(),
        }
    }

    fn range(&self, RowRange(first, last): RowRange) -> MemberRange {
        let count = last.saturating_sub(first) as usize + 1;
        let rows = self.rows.iter().skip(first as usize).take(count);
        let show = |(row, status): &(&Row, Status)| ListedMember {
            user: row.member.user.clone(),
            joined_at: row.member.joined_at,
            is_owner: row.member.is_owner,
            status: *status,
        };
        MemberRange {
            first,
            items: rows.map(show).collect(),
        }
    }
}

/// The groups that have a row.
fn groups(counts: &[(PresenceGroup, i64)]) -> Vec<MemberGroup> {
    let present = counts.iter().filter(|(_, count)| *count > 0);
    let groups = present.map(|&(group, count)| MemberGroup {
        id: MemberGroupId::Presence(group),
        count,
    });
    groups.collect()
}

#[cfg(test)]
mod tests {
    use battala_proto::users::UserKind;

    use super::*;

    fn member(id: i64) -> Member {
        let user = PublicUser {
            id: UserId::from_raw(id),
            username: format!("user{id}"),
            display_name: format!("user{id}"),
            avatar: None,
            kind: UserKind::from_raw(0),
        };
        Member {
            user,
            joined_at: 0,
            is_owner: false,
        }
    }

    fn ids(list: &MemberList) -> Option<Vec<i64>> {
        match &list.members {
            Members::Known(rows) => Some(rows.iter().map(|row| row.key.1.raw()).collect()),
            Members::Unknown | Members::Loading(_) => None,
        }
    }

    /// As often as the gateway looks after its rooms.
    const TICK: Duration = crate::TICK;

    #[test]
    fn a_reading_under_way_does_not_answer_for_what_was_missed_meanwhile() {
        let (mut list, now) = (MemberList::default(), Instant::now());
        assert!(list.begins_reading(true, now));
        // Meanwhile somebody came, of whom the reading knows nothing.
        list.forget();
        assert!(!list.begins_reading(true, now), "one at a time");
        list.insert(member(4));
        list.loaded(Some(vec![member(1)]));
        assert_eq!(ids(&list), None);
        assert!(list.begins_reading(true, now));
        list.insert(member(3));
        list.loaded(Some(vec![member(1), member(2)]));
        assert_eq!(ids(&list), Some(vec![1, 2, 3]));
    }

    #[test]
    fn whoever_watches_again_and_again_has_the_members_read_once() {
        let (mut list, mut now) = (MemberList::default(), Instant::now());
        let mut begun = 0;
        for look in 0..100 {
            let is_watched = look % 2 == 0;
            begun += u32::from(list.begins_reading(is_watched, now));
            if look == 10 {
                list.insert(member(2));
            }
            if look == 20 {
                list.loaded(Some(vec![member(1)]));
            }
            now += TICK;
        }
        assert_eq!(begun, 1);
        assert_eq!(ids(&list), Some(vec![1, 2]));
    }

    #[test]
    fn what_nobody_watches_is_dropped_after_a_while_and_not_while_it_is_read() {
        let (mut list, now) = (MemberList::default(), Instant::now());
        assert!(list.begins_reading(true, now));
        assert!(!list.begins_reading(false, now));
        assert!(!list.begins_reading(false, now + KEPT));
        assert!(
            !list.begins_reading(true, now + KEPT),
            "it is still being read"
        );
        list.loaded(Some(vec![member(1)]));
        let later = now + KEPT + TICK;
        assert!(!list.begins_reading(false, later));
        assert_eq!(ids(&list), Some(vec![1]));
        assert!(!list.begins_reading(false, later + KEPT));
        assert_eq!(ids(&list), None);
        assert!(list.begins_reading(true, later + KEPT));
    }

    #[test]
    fn a_reading_that_failed_is_begun_anew() {
        let (mut list, now) = (MemberList::default(), Instant::now());
        assert!(list.begins_reading(true, now));
        list.loaded(None);
        assert!(matches!(list.members, Members::Unknown));
        assert!(list.begins_reading(true, now));
    }
}
