//! Commits of which nobody knows whether they happened, and what they concern.
//!
//! A COMMIT whose answer was lost has happened, or has not, or is about to. So what it concerns is
//! looked at again for some time. This module does not know how that is done, nor which database it
//! is.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use battala_hub::bus::{Audience, Change, Notice};
use battala_proto::id::{ServerId, UserId};
use tokio::sync::Notify;
use tokio::time::Instant;

/// How long a doubt lasts: a server that still has the COMMIT to work on has done so by then, unless
/// it hangs.
const LASTING: Duration = Duration::from_secs(10);

/// What is in doubt.
#[derive(Default)]
pub(crate) struct Doubts {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Default)]
struct State {
    /// Until then the next look is soon.
    until: Option<Instant>,
    /// Servers that nobody has looked at since.
    servers: HashSet<ServerId>,
    accounts: HashMap<UserId, Account>,
}

/// An account in doubt.
struct Account {
    until: Instant,
    profile: Profile,
}

/// What others may have to be told of an account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Certain,
    InDoubt,
    /// As it was at the first look.
    Told,
}

/// What is to be looked at now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) servers: Vec<ServerId>,
    pub(crate) accounts: Vec<UserId>,
    /// Those accounts of which others may hold an old profile.
    pub(crate) profiles: Vec<UserId>,
}

impl Doubts {
    /// These notices would have left with a commit that may have happened.
    pub(crate) fn add(&self, notices: &[Notice], now: Instant) {
        let until = now + LASTING;
        let mut state = self.state();
        state.until = Some(until);
        for notice in notices {
            state.add(notice, until);
        }
        drop(state);
        self.news.notify_one();
    }

    /// Others may not have been told of an account's profile.
    pub(crate) fn add_profile(&self, user: UserId, now: Instant) {
        let until = now + LASTING;
        let mut state = self.state();
        state.until = Some(until);
        state.add_account(user, Profile::InDoubt, until);
        drop(state);
        self.news.notify_one();
    }

    /// Something may have been missed: the next looks are soon.
    pub(crate) fn suspect(&self, now: Instant) {
        self.state().until = Some(now + LASTING);
        self.news.notify_one();
    }

    /// Waits until something is new in doubt.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// Whether anything is in doubt, or waits for the last look at it.
    pub(crate) fn is_any(&self, now: Instant) -> bool {
        let state = self.state();
        let is_awaited = !state.servers.is_empty() || !state.accounts.is_empty();
        is_awaited || state.until.is_some_and(|until| now < until)
    }

    /// What is to be looked at now. Servers once, because their progress is compared anyway;
    /// accounts at each look until the doubt is over, and then for the last time.
    pub(crate) fn take(&self, now: Instant) -> Due {
        let mut state = self.state();
        let mut due = Due {
            servers: state.servers.drain().collect(),
            ..Due::default()
        };
        state.accounts.retain(|id, account| {
            let is_last = account.until <= now;
            due.accounts.push(*id);
            let is_news = account.profile == Profile::InDoubt;
            if is_news || is_last && account.profile == Profile::Told {
                due.profiles.push(*id);
                account.profile = Profile::Told;
            }
            !is_last
        });
        due
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, notice: &Notice, until: Instant) {
        match notice {
            Notice::Event(audience, _) | Notice::Repeated(audience, _) => match audience {
                Audience::Server(server) | Audience::Channel(server, _) => {
                    self.servers.insert(*server);
                }
                Audience::User(user) => self.add_account(*user, Profile::Certain, until),
                // The account's own notice tells of its profile, and the hub reads its settings.
                Audience::Servers(_) | Audience::Hub => {}
            },
            Notice::InDoubt(notices) => {
                for notice in notices {
                    self.add(notice, until);
                }
            }
            Notice::Structure(change) => {
                self.servers.insert(change.server_id);
                let joined = change.changes.iter().filter_map(Change::joined);
                joined.for_each(|it| self.add_account(it.user_id, Profile::Certain, until));
            }
            Notice::UserChanged(me) => self.add_account(me.id, Profile::InDoubt, until),
            // Their connections have to show again that they may be here.
            Notice::SessionsEnded { .. } => {}
        }
    }

    fn add_account(&mut self, user: UserId, profile: Profile, until: Instant) {
        let account = self
            .accounts
            .entry(user)
            .or_insert(Account { until, profile });
        account.until = until;
        if profile == Profile::InDoubt {
            account.profile = profile;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use battala_proto::Event;

    use super::*;

    const USER: UserId = UserId::from_raw(7);
    const SERVER: ServerId = ServerId::from_raw(3);

    #[tokio::test]
    async fn a_server_is_due_once_and_an_account_until_the_doubt_is_over() {
        let (doubts, now) = (Doubts::default(), Instant::now());
        assert!(!doubts.is_any(now));
        let hub = battala_proto::sample::events().into_iter().next();
        let event = hub.expect("a sample");
        doubts.add(
            &[
                Notice::Event(Audience::Server(SERVER), event.clone()),
                Notice::Event(Audience::User(USER), event),
            ],
            now,
        );
        doubts.news().await;
        assert!(doubts.is_any(now));
        let both = Due {
            servers: vec![SERVER],
            accounts: vec![USER],
            profiles: Vec::new(),
        };
        assert_eq!(doubts.take(now), both);
        let account = Due {
            servers: Vec::new(),
            ..both
        };
        assert_eq!(doubts.take(now), account);
        let over = now + LASTING;
        assert!(doubts.is_any(over));
        assert_eq!(doubts.take(over), account, "once more");
        assert!(!doubts.is_any(over));
        assert_eq!(doubts.take(over), Due::default());
    }

    #[test]
    fn whoever_looks_away_until_the_doubt_is_over_looks_once_more() {
        let (doubts, now) = (Doubts::default(), Instant::now());
        let updated = battala_proto::sample::events()
            .into_iter()
            .find_map(|it| match it {
                Event::MeUpdated(updated) => Some(updated),
                _ => None,
            });
        let me = updated.expect("a sample").me;
        let user = me.id;
        doubts.add(&[Notice::UserChanged(Arc::new(me))], now);
        assert_eq!(doubts.take(now).profiles, [user]);
        // What follows from a look takes longer than the doubt lasts.
        let late = now + LASTING * 2;
        assert!(doubts.is_any(late));
        assert_eq!(doubts.take(late).profiles, [user]);
        assert!(!doubts.is_any(late));
    }
}
