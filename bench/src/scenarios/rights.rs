//! What it costs to know what somebody may do, in a server as large as can be.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use battala_hub::access::structure::{
    Membership, Overwrite, OverwriteFor, Parts, RoleRights, Structure, class, rights,
};
use battala_proto::Permissions;
use battala_proto::id::{ChannelId, RoleId, ServerId, UserId};
use tokio::time::Instant;

use super::Setting;
use crate::report::{Bar, Sheet};
use crate::stats::float;

const ROLES: i64 = 250;
const CHANNELS: i64 = 500;
/// Ten for each channel, categories included: nine for roles and one for a member.
const OVERWRITES_PER_CHANNEL: i64 = 10;
/// Roles of an ordinary member, and channels of a category.
const ROLES_OF_MEMBER: i64 = 10;
const CHANNELS_PER_CATEGORY: i64 = 25;
const ROUNDS: usize = 20_000;

const RIGHTS_MAX_US: f64 = 1.0;
const CLASS_MAX_US: f64 = 50.0;

const NOTE: &str = "A server with 250 roles, 500 channels in 20 categories and 5,000 overwrites, in memory. *One channel* is the rights of a \
    member with ten roles, or with all, in one channel after the other; *class* is those in all channels at once, kept for the same roles, \
    and computed anew for who has an overwrite of their own. One thread; µs for each.";

pub(super) fn measure(setting: &Setting) -> Sheet {
    let mut sheet = Sheet::new("rights", "Rights", NOTE);
    let structure = structure();
    let rounds = setting.scaled(ROUNDS);
    for _ in setting.runs() {
        for (what, count) in [("ten roles", ROLES_OF_MEMBER), ("all roles", ROLES)] {
            let member = member(count, 1_000_000);
            let one = |round: usize| {
                let channel = ChannelId::from_raw(first_channel() + in_turn(round));
                black_box(rights(&structure, &member, channel, 1));
            };
            let name = format!("one channel, {what}: µs");
            sheet.judge(name, Bar::AtMost(RIGHTS_MAX_US), each(rounds, one));
            let kept = |_: usize| {
                black_box(class(&structure, &member, 1));
            };
            let name = format!("class, {what}, kept: µs");
            sheet.judge(name, Bar::AtMost(CLASS_MAX_US), each(rounds, kept));
        }
        let apart = member(ROLES_OF_MEMBER, first_user());
        let anew = |_: usize| {
            black_box(class(&structure, &apart, 1));
        };
        sheet.add("class, anew: µs", each(rounds.div_ceil(10), anew));
    }
    sheet.add("MB of the structure", float(structure.bytes() as u64) / 1e6);
    sheet
}

/// Microseconds of one of so many.
fn each(rounds: usize, mut run: impl FnMut(usize)) -> f64 {
    let start = Instant::now();
    (0..rounds).for_each(&mut run);
    let took: Duration = start.elapsed();
    took.as_secs_f64() * 1e6 / float(rounds as u64)
}

fn in_turn(round: usize) -> i64 {
    i64::try_from(round).unwrap_or(0) % CHANNELS
}

/// Ids begin above the server's, which is that of its everyone role.
const fn first_channel() -> i64 {
    10_000
}

const fn first_user() -> i64 {
    100_000
}

fn member(roles: i64, user: i64) -> Membership {
    let roles = (0..roles).map(|at| 2 + at * (ROLES / roles));
    Membership {
        user_id: UserId::from_raw(user),
        rev: 1,
        roles: roles.map(RoleId::from_raw).collect::<Arc<[RoleId]>>(),
        timeout_until: None,
    }
}

fn structure() -> Structure {
    let role = |id: i64| RoleRights {
        id: RoleId::from_raw(id),
        permissions: Permissions::EVERYONE_DEFAULT,
        position: id - 1,
    };
    let category = |at: i64| at - at % CHANNELS_PER_CATEGORY;
    let channel = |at: i64| {
        let parent = Some(category(at)).filter(|parent| *parent != at);
        let id = |at| ChannelId::from_raw(first_channel() + at);
        (id(at), parent.map(id))
    };
    let overwrites = (0..CHANNELS).flat_map(|at| {
        (0..OVERWRITES_PER_CHANNEL).map(move |number| Overwrite {
            channel_id: ChannelId::from_raw(first_channel() + at),
            target: match number {
                0 => OverwriteFor::Member(UserId::from_raw(first_user() + at)),
                _ => OverwriteFor::Role(RoleId::from_raw(1 + (at * 7 + number * 23) % ROLES)),
            },
            allow: Permissions::MANAGE_MESSAGES,
            deny: Permissions::SEND_MESSAGES,
        })
    });
    Structure::from(Parts {
        server_id: ServerId::from_raw(1),
        owner_id: UserId::from_raw(2),
        rights_version: 1,
        roles: (1..=ROLES).map(role).collect(),
        channels: (0..CHANNELS).map(channel).collect(),
        overwrites: overwrites.collect(),
    })
}
