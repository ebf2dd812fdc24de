//! Texts of statements, put together while the crate is compiled: what is written out, lists of the
//! columns of rows, and what the engines write differently. Knows no table.

use crate::Engine;

/// Bytes of a name at most: `PostgreSQL` cuts longer ones off.
pub(crate) const NAME_BYTES_MAX: usize = 63;

/// A part of a statement's text. Made by [`sql!`](crate::sql!) and [`fragment!`](crate::fragment!).
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// As it stands.
    Text(&'static str),
    /// "Is one of the list in the argument of this number".
    Ids(&'static str),
    /// A table of the list in the argument of this number, and of its places.
    Ordered(&'static str),
    /// The columns of a row.
    Columns(Columns),
    /// Parts that several statements have.
    Fragment(&'static [Part]),
}

/// The columns of a row, as a statement lists them.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// Which they are.
    pub row: &'static [RowColumn],
    /// The name of their table in the statement, if it has one.
    pub of: &'static str,
    /// The same for the rows within it: the name of a table, and the field.
    pub joined: &'static [(&'static str, &'static str)],
}

impl Columns {
    /// Two rows within have two names: by one for both they would be read from the same table.
    const fn check(&self) {
        let mut at = 0;
        while at < self.joined.len() {
            let (_, field) = self.joined[at];
            assert!(
                count_joined(self.row, Some(field)) == 1,
                "a table is that of one row within"
            );
            at += 1;
        }
        assert!(
            self.joined.len() <= count_joined(self.row, None),
            "a table is that of one row within"
        );
    }
}

/// A column of a row, or several. Declared by [`row!`](crate::row!).
#[derive(Debug, Clone, Copy)]
pub enum RowColumn {
    /// One of the row's table.
    Stored(&'static str),
    /// What is computed, and its name.
    Computed(&'static str, &'static str),
    /// The columns of a part of the row.
    Flattened(&'static [RowColumn]),
    /// The columns of a row from another table, with the name of its field before their own.
    Joined(&'static str, &'static [RowColumn]),
}

/// The names of the fields that a row stands in, from the outermost on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Within<'w> {
    pub(crate) outer: Option<&'w Within<'w>>,
    pub(crate) field: &'w str,
}

/// Where columns are listed.
#[derive(Clone, Copy)]
struct Place<'p> {
    of: &'p str,
    within: Option<&'p Within<'p>>,
}

/// A text that is being put together. What has no room in it is only counted, so that one with no room
/// at all tells how much the text needs.
#[derive(Debug, Clone, Copy)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    /// The text of these parts for an engine, after a beginning.
    #[must_use]
    pub const fn of(beginning: &str, parts: &[Part], engine: Engine) -> Self {
        let mut text = Self::new();
        text.push(beginning);
        text.push_parts(parts, engine);
        text
    }

    const fn new() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
        }
    }

    /// How many bytes it needs.
    #[must_use]
    pub const fn needs(&self) -> usize {
        self.len
    }

    /// The text, which has the room that it needs.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(_) => panic!("a text that was cut off"),
        }
    }

    const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() {
            self.push_byte(text[at]);
            at += 1;
        }
    }

    const fn push_byte(&mut self, byte: u8) {
        if self.len < N {
            self.bytes[self.len] = byte;
        }
        self.len += 1;
    }

    const fn push_around(&mut self, before: &str, number: &str, after: &str) {
        self.push(before);
        self.push(number);
        self.push(after);
    }

    const fn push_parts(&mut self, parts: &[Part], engine: Engine) {
        let mut at = 0;
        while at < parts.len() {
            match (&parts[at], engine) {
                (Part::Text(text), _) => self.push(text),
                (Part::Fragment(parts), _) => self.push_parts(parts, engine),
                (Part::Columns(columns), _) => {
                    columns.check();
                    let place = Place {
                        of: columns.of,
                        within: None,
                    };
                    self.push_row(columns.row, place, columns.joined, true);
                }
                (Part::Ids(number), Engine::Sqlite) => {
                    self.push_around("IN (SELECT value FROM json_each($", number, "))");
                }
                (Part::Ids(number), Engine::Postgres) => {
                    self.push_around("= ANY($", number, ")");
                }
                (Part::Ordered(number), Engine::Sqlite) => {
                    // The limit keeps the planner from looking through the list once for each row.
                    let table = "(SELECT value AS id, key AS place FROM json_each($";
                    self.push_around(table, number, ") LIMIT -1)");
                }
                (Part::Ordered(number), Engine::Postgres) => {
                    let table = "(SELECT id, place - 1 AS place FROM unnest($";
                    let listed = "::BIGINT[]) WITH ORDINALITY AS listed (id, place))";
                    self.push_around(table, number, listed);
                }
            }
            at += 1;
        }
    }

    /// Lists the columns of a row. Whether none has been listed so far.
    const fn push_row(
        &mut self,
        row: &[RowColumn],
        place: Place<'_>,
        joined: &[(&str, &str)],
        mut is_first: bool,
    ) -> bool {
        let mut at = 0;
        while at < row.len() {
            match &row[at] {
                RowColumn::Flattened(part) => {
                    is_first = self.push_row(part, place, joined, is_first);
                }
                RowColumn::Joined(field, row) => {
                    let within = Within {
                        outer: place.within,
                        field: bare(field),
                    };
                    let place = Place {
                        of: table_of(within.field, joined),
                        within: Some(&within),
                    };
                    is_first = self.push_row(row, place, joined, is_first);
                }
                RowColumn::Stored(name) => {
                    self.push_comma(is_first);
                    self.push_stored(bare(name), place);
                    is_first = false;
                }
                RowColumn::Computed(text, name) => {
                    self.push_comma(is_first);
                    self.push_computed(text, place.of);
                    self.push(" AS ");
                    self.push_name(place.within, bare(name));
                    is_first = false;
                }
            }
            at += 1;
        }
        is_first
    }

    const fn push_comma(&mut self, is_first: bool) {
        if !is_first {
            self.push(", ");
        }
    }

    const fn push_stored(&mut self, name: &str, place: Place<'_>) {
        if !place.of.is_empty() {
            self.push(place.of);
            self.push(".");
        }
        self.push(name);
        if place.within.is_some() {
            self.push(" AS ");
            self.push_name(place.within, name);
        }
    }

    const fn push_computed(&mut self, text: &str, of: &str) {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() {
            if text[at] == b'@' {
                assert!(!of.is_empty(), "what is computed of a table needs its name");
                self.push(of);
            } else {
                self.push_byte(text[at]);
            }
            at += 1;
        }
    }

    const fn push_name(&mut self, within: Option<&Within<'_>>, name: &str) {
        let before = self.len;
        self.push_fields(within);
        self.push(name);
        assert!(
            self.len - before <= NAME_BYTES_MAX,
            "a name of a column is too long"
        );
    }

    const fn push_fields(&mut self, within: Option<&Within<'_>>) {
        if let Some(within) = within {
            self.push_fields(within.outer);
            self.push(within.field);
            self.push("_");
        }
    }
}

impl Within<'_> {
    /// Calls a column of the row by the name that it has among all of its statement.
    pub(crate) fn call<T>(&self, name: &str, column: impl FnOnce(&str) -> T) -> T {
        let mut text = Text::<NAME_BYTES_MAX>::new();
        text.push_name(Some(self), name);
        let (name, _) = text.as_str().split_at(text.len);
        column(name)
    }
}

/// The table that the columns of a field come from.
const fn table_of<'t>(field: &str, joined: &[(&'t str, &str)]) -> &'t str {
    let mut at = 0;
    while at < joined.len() {
        let (table, of) = joined[at];
        if is_same(field, of) {
            return table;
        }
        at += 1;
    }
    panic!("say where each row within comes from: `columns(m.MessageRow, u.author)`")
}

/// How many rows are within a row, or how many of this name.
const fn count_joined(row: &[RowColumn], field: Option<&str>) -> usize {
    let (mut count, mut at) = (0, 0);
    while at < row.len() {
        match (&row[at], field) {
            (RowColumn::Joined(name, row), Some(field)) => {
                count += is_same(bare(name), field) as usize + count_joined(row, Some(field));
            }
            (RowColumn::Joined(_, row), None) => count += 1 + count_joined(row, None),
            (RowColumn::Flattened(part), _) => count += count_joined(part, field),
            (RowColumn::Stored(_) | RowColumn::Computed(..), _) => {}
        }
        at += 1;
    }
    count
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// The name of a field without the mark of a raw identifier (`r#type`).
pub(crate) const fn bare(name: &str) -> &str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RowColumns as _, args, fragment, row, sql};

    row! {
        #[expect(dead_code, reason = "what counts are the names")]
        struct Brief {
            id: i64,
            r#type: i64,
        }

        #[expect(dead_code, reason = "what counts are the names")]
        struct Counters {
            epoch: i64,
            rev: i64,
        }

        #[expect(dead_code, reason = "what counts are the names")]
        struct Thing {
            id: i64,
            counters: Counters as flattened,
            by: Brief as joined,
            last: Option<Brief> as joined,
            size: i64 = "(SELECT COUNT(*) FROM parts p WHERE p.thing = @.id AND p.rev < @.rev)",
        }

        #[expect(dead_code, reason = "what counts are the names")]
        struct Deep {
            thing: Thing as joined,
        }

        #[expect(dead_code, reason = "what counts are the names")]
        struct Twins {
            thing: Thing as joined,
            by: Brief as joined,
        }
    }

    const OPEN: &[Part] = fragment!("WHERE t.id ", ids(1), " AND ");

    #[test]
    fn the_columns_of_a_row_are_listed_once() {
        let brief = sql!("SELECT ", columns(Brief), " FROM briefs");
        assert_eq!(brief.text(Engine::Sqlite), "SELECT id, type FROM briefs");
        let thing = sql!(
            "SELECT ",
            columns(t.Thing, u.by, l.last),
            " FROM things t ",
            OPEN,
            "t.rev = $2"
        );
        let listed = "SELECT t.id, t.epoch, t.rev, u.id AS by_id, u.type AS by_type, \
            l.id AS last_id, l.type AS last_type, \
            (SELECT COUNT(*) FROM parts p WHERE p.thing = t.id AND p.rev < t.rev) AS size \
            FROM things t WHERE t.id ";
        assert_eq!(
            thing.text(Engine::Sqlite),
            format!("{listed}IN (SELECT value FROM json_each($1)) AND t.rev = $2")
        );
        assert_eq!(
            thing.text(Engine::Postgres),
            format!("{listed}= ANY($1) AND t.rev = $2")
        );
        assert_eq!(thing.arguments(), args![1, 2].len());
    }

    #[test]
    fn rows_within_rows_have_the_names_of_all_fields() {
        let deep = sql!(columns(d.Deep, t.thing, u.by, l.last));
        let text = deep.text(Engine::Postgres);
        assert!(text.contains("t.epoch AS thing_epoch, "), "{text}");
        assert!(text.contains("u.type AS thing_by_type, "), "{text}");
        assert!(text.ends_with(" AS thing_size"), "{text}");
        assert_eq!(Deep::COLUMNS.len(), 1);
        let outer = Within {
            outer: None,
            field: "thing",
        };
        let within = Within {
            outer: Some(&outer),
            field: "by",
        };
        assert_eq!(within.call("type", str::to_owned), "thing_by_type");
    }

    fn listed(row: &'static [RowColumn], joined: &'static [(&str, &str)]) {
        let columns = Columns {
            row,
            of: "t",
            joined,
        };
        let _ = Text::<0>::of("", &[Part::Columns(columns)], Engine::Sqlite);
    }

    #[test]
    #[should_panic(expected = "a table is that of one row within")]
    fn no_table_is_read_for_two_rows() {
        listed(
            Twins::COLUMNS,
            &[("x", "thing"), ("u", "by"), ("l", "last")],
        );
    }

    #[test]
    #[should_panic(expected = "a table is that of one row within")]
    fn no_table_is_named_for_a_row_that_is_not_there() {
        listed(
            Thing::COLUMNS,
            &[("u", "by"), ("l", "last"), ("x", "other")],
        );
    }

    #[test]
    #[should_panic(expected = "a table is that of one row within")]
    fn no_row_is_said_to_be_of_two_tables() {
        listed(Thing::COLUMNS, &[("u", "by"), ("x", "by"), ("l", "last")]);
    }
}
