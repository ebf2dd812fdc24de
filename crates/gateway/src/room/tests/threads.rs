//! Rooms that run as tasks.

use battala_hub::presence::Presence;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::*;
use crate::directory::Directory;
use crate::doubts::Doubts;
use crate::untaken::Untaken;

/// A gateway that runs its rooms, and nothing else.
#[derive(Clone, Default)]
struct Running(Arc<Shelf>);

struct Shelf {
    directory: Directory,
    doubts: Doubts,
    presence: Presence,
    untaken: Untaken,
    tasks: TaskTracker,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            directory: Directory::new(Bounds::default()),
            doubts: Doubts::default(),
            presence: Presence::default(),
            untaken: Untaken::default(),
            tasks: TaskTracker::new(),
        }
    }
}

impl Host for Running {
    fn directory(&self) -> &Directory {
        &self.0.directory
    }

    fn doubts(&self) -> &Doubts {
        &self.0.doubts
    }

    fn presence(&self) -> &Presence {
        &self.0.presence
    }

    fn untaken(&self) -> &Untaken {
        &self.0.untaken
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> i64 {
        0
    }

    fn start(&self, effect: Effect) {
        if let Effect::Run(owner) = effect {
            self.0.tasks.spawn(owner.run(self.clone()));
        }
    }
}

async fn come_and_go(host: Running, id: u64) {
    let (connection, _line) = connection(&host, id);
    let directory = host.directory();
    for _ in 0..300 {
        let place = place_of(&connection, BEGUN);
        let entered = directory.enter(&host, &place, &connection, Welcome::ByCaller);
        assert_eq!(entered.await, Ok(true));
        assert!(connection.is_in(server()));
        assert_eq!(directory.leave(server(), &connection).await, Ok(()));
        assert!(!connection.is_in(server()));
    }
}

/// Rooms end with the last who leaves while the next one comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_comes_while_the_last_one_leaves_is_in_and_nothing_stays_of_rooms_that_ended() {
    let running = Running::default();
    let mut comers = tokio::task::JoinSet::new();
    for id in 1..=6 {
        comers.spawn(come_and_go(running.clone(), id));
    }
    comers.join_all().await;
    running.0.tasks.close();
    running.0.tasks.wait().await;
    assert!(running.directory().rooms().is_empty());
}

/// More is waiting for many connections than they can be told in one turn.
#[tokio::test]
async fn a_room_with_much_to_tell_lets_others_have_their_turn() {
    const CONNECTIONS: u64 = 1000;
    let running = Running::default();
    let mut members = Vec::new();
    for id in 1..=CONNECTIONS {
        let (connection, line) = connection(&running, id);
        let place = place_of(&connection, BEGUN);
        let directory = running.directory();
        let entered = directory.enter(&running, &place, &connection, Welcome::ByCaller);
        assert_eq!(entered.await, Ok(true));
        members.push((connection, line));
    }
    let room = running.directory().room(server()).expect("a room");
    let shared = Shared::new(Frame::event("n", &1).unwrap(), None, false);
    let shared = Arc::new(shared);
    for _ in 0..100 {
        assert_eq!(
            room.pass(Passed::Shared(Arc::clone(&shared))),
            Passage::Taken
        );
    }
    tokio::task::yield_now().await;
    let waiting = room.passed.max_capacity() - room.passed.capacity();
    assert!(waiting > 50, "{waiting} of 100 are to come");
    for (connection, _) in &members {
        running.directory().remove(connection);
    }
    running.0.tasks.close();
    running.0.tasks.wait().await;
}
