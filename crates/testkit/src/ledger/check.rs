//! The judgement of a ledger: a pure function of its entries.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use super::{Entry, Op};

/// Findings of one kind that are shown; the others are counted.
const SHOWN_MAX: usize = 5;

/// What a ledger comes to.
#[derive(Debug, Default)]
pub struct Report {
    /// Messages that writers were told are stored.
    pub acked: usize,
    /// Messages in the database.
    pub stored: usize,
    /// Messages that readers applied, all readers together.
    pub applied: usize,
    /// Acknowledged, numbered or delivered, but not there.
    pub lost: Vec<String>,
    /// There, or applied, more than once.
    pub duplicated: Vec<String>,
    /// There, acknowledged or applied in another order than that of the channel.
    pub reordered: Vec<String>,
}

impl Report {
    /// Nothing is wrong, and there was something to judge.
    pub fn is_clean(&self) -> bool {
        self.acked > 0
            && self.lost.is_empty()
            && self.duplicated.is_empty()
            && self.reordered.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            acked,
            stored,
            applied,
            lost,
            duplicated,
            reordered,
        } = self;
        write!(
            f,
            "{acked} acked, {} lost, {} dup, {} reordered ({stored} stored, {applied} applied)",
            lost.len(),
            duplicated.len(),
            reordered.len()
        )?;
        for (kind, findings) in [
            ("lost", lost),
            ("dup", duplicated),
            ("reordered", reordered),
        ] {
            for finding in findings.iter().take(SHOWN_MAX) {
                write!(f, "\n  {kind}: {finding}")?;
            }
        }
        Ok(())
    }
}

/// Judges a ledger of channels in which messages are only ever created:
///
/// - what was acknowledged is stored, with the same id and sequence number;
/// - the sequence numbers of a channel are 1, 2, 3 and so on, its ids ascend;
/// - an author's nonce is stored once;
/// - one writer's messages in a channel stand in the order in which it sent them;
/// - every reader applied every message of a channel that it read, once, in order.
pub fn check(entries: &[Entry]) -> Report {
    let mut report = Report::default();
    let stored = judge_stored(entries, &mut report);
    judge_acked(entries, &stored, &mut report);
    judge_applied(entries, &stored, &mut report);
    report
}

/// What the database lists, by channel.
type Stored<'a> = BTreeMap<&'a str, Vec<&'a Entry>>;

fn of(entries: &[Entry], op: Op) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(move |entry| entry.op == op)
}

fn judge_stored<'a>(entries: &'a [Entry], report: &mut Report) -> Stored<'a> {
    let mut channels = Stored::new();
    let (mut nonces, mut ids) = (HashSet::new(), HashSet::new());
    for entry in of(entries, Op::Stored) {
        report.stored += 1;
        if !nonces.insert((&entry.author, &entry.nonce)) {
            report.duplicated.push(format!("nonce again: {entry}"));
        }
        if !ids.insert(entry.id) {
            report.duplicated.push(format!("id again: {entry}"));
        }
        channels.entry(&entry.channel).or_default().push(entry);
    }
    for list in channels.values() {
        let mut last = (0, 0);
        for entry in list {
            if entry.seq > last.1 + 1 {
                let (from, to) = (last.1 + 1, entry.seq - 1);
                report.lost.push(format!("{from} to {to} before {entry}"));
            } else if entry.seq <= last.1 || entry.id <= last.0 {
                report.reordered.push(format!("stored: {entry}"));
            }
            last = (entry.id, entry.seq);
        }
    }
    channels
}

/// The same message, whoever tells of it.
fn identity(entry: &Entry) -> (&str, i64, i64, &str, &str) {
    let Entry { id, seq, .. } = entry;
    (&entry.channel, *id, *seq, &entry.author, &entry.nonce)
}

fn judge_acked(entries: &[Entry], stored: &Stored<'_>, report: &mut Report) {
    let there: HashSet<_> = stored
        .values()
        .flatten()
        .map(|entry| identity(entry))
        .collect();
    let mut last = HashMap::new();
    for entry in of(entries, Op::Acked) {
        report.acked += 1;
        if !there.contains(&identity(entry)) {
            report.lost.push(format!("acked, not stored: {entry}"));
        }
        let place = (entry.client.as_str(), entry.channel.as_str());
        let earlier = last.insert(place, entry.seq);
        if earlier.is_some_and(|earlier| entry.seq <= earlier) {
            report.reordered.push(format!("acked: {entry}"));
        }
    }
}

fn judge_applied(entries: &[Entry], stored: &Stored<'_>, report: &mut Report) {
    let mut copies: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in of(entries, Op::Applied) {
        report.applied += 1;
        let copy = copies.entry((&entry.client, &entry.channel)).or_default();
        copy.push(entry);
    }
    for ((client, channel), copy) in copies {
        let list = stored.get(channel).map_or(&[] as &[_], Vec::as_slice);
        let there: HashSet<_> = list.iter().map(|entry| identity(entry)).collect();
        let (mut seen, mut last) = (HashSet::new(), 0);
        for entry in copy {
            if !there.contains(&identity(entry)) {
                report.lost.push(format!("applied, not stored: {entry}"));
            } else if !seen.insert(identity(entry)) {
                report.duplicated.push(format!("applied again: {entry}"));
            } else if entry.seq < last {
                report.reordered.push(format!("applied: {entry}"));
            }
            last = last.max(entry.seq);
        }
        let missed = list.iter().filter(|entry| !seen.contains(&identity(entry)));
        report
            .lost
            .extend(missed.map(|entry| format!("not applied by {client}: {entry}")));
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            client,
            nonce,
            id,
            seq,
            channel,
            ..
        } = self;
        write!(f, "{client}: {nonce} is {id}, number {seq} of {channel}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(client: &str, op: Op, number: i64) -> Entry {
        Entry {
            client: client.to_owned(),
            op,
            channel: "general".to_owned(),
            author: "ana".to_owned(),
            nonce: format!("n{number}"),
            id: 100 + number,
            seq: number,
        }
    }

    /// Three messages that a writer, a reader and the database agree on.
    fn clean() -> Vec<Entry> {
        let told = [
            ("writer", Op::Acked),
            ("reader", Op::Applied),
            ("database", Op::Stored),
        ];
        let told = told.into_iter();
        told.flat_map(|(client, op)| (1..=3).map(move |number| entry(client, op, number)))
            .collect()
    }

    /// Numbers of lost, duplicated and reordered.
    fn judge(entries: &[Entry]) -> (usize, usize, usize) {
        let report = check(entries);
        assert_eq!(
            report.is_clean(),
            (
                report.lost.len(),
                report.duplicated.len(),
                report.reordered.len()
            ) == (0, 0, 0)
        );
        (
            report.lost.len(),
            report.duplicated.len(),
            report.reordered.len(),
        )
    }

    #[test]
    fn a_ledger_on_which_all_agree_is_clean() {
        let report = check(&clean());
        assert!(report.is_clean(), "{report}");
        assert_eq!((report.acked, report.stored, report.applied), (3, 3, 3));
        let line = report.to_string();
        assert_eq!(
            line,
            "3 acked, 0 lost, 0 dup, 0 reordered (3 stored, 3 applied)"
        );
    }

    #[test]
    fn a_ledger_without_acknowledgements_proves_nothing() {
        assert!(!check(&[]).is_clean());
    }

    #[test]
    fn what_is_stored_without_an_acknowledgement_is_allowed() {
        let mut entries = clean();
        entries.remove(0);
        assert_eq!(judge(&entries), (0, 0, 0));
    }

    #[test]
    fn an_acknowledged_message_that_is_not_stored_is_lost() {
        let mut entries = clean();
        entries.retain(|entry| entry.op != Op::Applied);
        entries.pop();
        assert_eq!(judge(&entries), (1, 0, 0));
    }

    #[test]
    fn an_acknowledgement_with_another_id_or_number_is_of_another_message() {
        for change in [
            |entry: &mut Entry| entry.id += 1,
            |entry: &mut Entry| entry.seq = 9,
        ] {
            let mut entries = clean();
            change(&mut entries[2]);
            assert_eq!(judge(&entries), (1, 0, 0));
        }
    }

    #[test]
    fn a_hole_in_the_numbers_is_a_loss() {
        let mut entries = clean();
        entries.retain(|entry| entry.seq != 2);
        assert_eq!(judge(&entries), (1, 0, 0));
    }

    #[test]
    fn a_nonce_that_is_stored_twice_is_a_duplicate() {
        let mut entries = clean();
        let again = Entry {
            nonce: "n1".to_owned(),
            ..entry("database", Op::Stored, 4)
        };
        let applied = Entry {
            client: "reader".to_owned(),
            op: Op::Applied,
            ..again.clone()
        };
        entries.extend([again, applied]);
        assert_eq!(judge(&entries), (0, 1, 0));
    }

    #[test]
    fn numbers_against_the_order_of_ids_are_reordered() {
        let mut entries = clean();
        entries.retain(|entry| entry.op != Op::Applied);
        for entry in &mut entries {
            entry.id = if entry.seq == 3 { 99 } else { entry.id };
        }
        assert_eq!(judge(&entries), (0, 0, 1));
    }

    #[test]
    fn a_writer_whose_messages_overtook_each_other_is_told() {
        let mut entries = clean();
        entries.swap(0, 1);
        assert_eq!(judge(&entries), (0, 0, 1));
    }

    #[test]
    fn a_reader_is_held_to_the_order_of_the_database() {
        let mut entries = clean();
        entries.swap(3, 4);
        assert_eq!(judge(&entries), (0, 0, 1));
        let mut entries = clean();
        entries.remove(4);
        assert_eq!(judge(&entries), (1, 0, 0));
        let mut entries = clean();
        entries.insert(5, entries[4].clone());
        assert_eq!(judge(&entries), (0, 1, 0));
        let mut entries = clean();
        entries.push(entry("reader", Op::Applied, 4));
        assert_eq!(judge(&entries), (1, 0, 0));
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let directory = crate::Scratch::new().unwrap();
        let ledger = super::super::Ledger::create(directory.path().join("ledger.jsonl")).unwrap();
        for entry in clean() {
            ledger.record(&entry);
        }
        assert_eq!(super::super::read(ledger.path()).unwrap(), clean());
    }
}
