//! The seats of a room by what may be done: a group for each class.

use std::collections::HashMap;
use std::sync::Arc;

use battala_hub::access::structure::Class;
use battala_proto::channels::WatchMode;

use super::index;

#[derive(Default)]
pub(super) struct Groups {
    /// By number, which a group keeps while it is not empty.
    all: Vec<Group>,
    /// Groups that are empty. The next class that has none is given one.
    vacant: Vec<u32>,
    by_class: HashMap<Class, u32>,
}

/// Those who may do the same.
pub(super) struct Group {
    pub(super) class: Class,
    /// Who hears all that is said where they see it.
    pub(super) all: Vec<u32>,
    /// Who hears of that what they watch.
    pub(super) listed: Vec<u32>,
}

/// Where a seat is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) group: u32,
    /// In the list of those who listen as it does. Which list that is, takes no room here: it stands in one.
    at: u32,
}

impl Group {
    /// With how they listen.
    pub(super) fn seats(&self) -> impl Iterator<Item = (u32, WatchMode)> {
        let all = self.all.iter().map(|number| (*number, WatchMode::All));
        let listed = self.listed.iter();
        all.chain(listed.map(|number| (*number, WatchMode::Listed)))
    }

    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.listed.is_empty()
    }

    fn of_mode(&mut self, mode: WatchMode) -> &mut Vec<u32> {
        match mode {
            WatchMode::All => &mut self.all,
            WatchMode::Listed => &mut self.listed,
        }
    }
}

impl Groups {
    /// Those that are not empty.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.all.iter().filter(|group| !group.is_empty())
    }

    /// With their numbers.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u32, &Group)> {
        (0..).zip(&self.all)
    }

    pub(super) fn class_at(&self, group: u32) -> Option<&Class> {
        self.all.get(group as usize).map(|group| &group.class)
    }

    pub(super) fn mode_of(&self, number: u32, place: Place) -> WatchMode {
        let group = self.all.get(place.group as usize);
        match group.and_then(|group| group.listed.get(place.at as usize)) {
            Some(listed) if *listed == number => WatchMode::Listed,
            Some(_) | None => WatchMode::All,
        }
    }

    /// Puts a seat into the group of a class, among those who listen in this way.
    pub(super) fn join(&mut self, number: u32, (class, mode): (&Class, WatchMode)) -> Place {
        let group = match self.by_class.get(class) {
            Some(group) => *group,
            None => self.begin(class),
        };
        let Some(seats) = self.all.get_mut(group as usize) else {
            return Place { group, at: 0 };
        };
        let seats = seats.of_mode(mode);
        seats.push(number);
        let at = index(seats.len() - 1);
        Place { group, at }
    }

    /// A group for a class that has none.
    fn begin(&mut self, class: &Class) -> u32 {
        let group = Group {
            class: Arc::clone(class),
            all: Vec::new(),
            listed: Vec::new(),
        };
        let number = self.vacant.pop().unwrap_or(index(self.all.len()));
        match self.all.get_mut(number as usize) {
            Some(vacant) => *vacant = group,
            None => self.all.push(group),
        }
        self.by_class.insert(Arc::clone(class), number);
        number
    }

    /// Takes a seat out of its group. Who stands last there takes its place; who that is.
    pub(super) fn leave(&mut self, number: u32, place: Place) -> Option<u32> {
        let mode = self.mode_of(number, place);
        let group = self.all.get_mut(place.group as usize)?;
        let seats = group.of_mode(mode);
        seats.swap_remove(place.at as usize);
        let moved = seats.get(place.at as usize).copied();
        if group.is_empty() {
            self.by_class.remove(&group.class);
            self.vacant.push(place.group);
        }
        moved
    }
}
