//! The table that a load tool prints, read back.

/// What one run measured, in the order of the table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table(Vec<(String, f64)>);

impl Table {
    /// Reads the first and the third column of whatever is a row of five; other text is passed over.
    pub(super) fn read(text: &str) -> Self {
        Self(text.lines().filter_map(row).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(what, _)| what.as_str())
    }

    pub(super) fn value(&self, what: &str) -> Option<f64> {
        let row = self.0.iter().find(|(name, _)| name == what);
        row.map(|(_, value)| *value)
    }
}

fn row(line: &str) -> Option<(String, f64)> {
    let cells = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<&str> = cells.split('|').map(str::trim).collect();
    let [what, _bar, value, _range, _verdict] = cells[..] else {
        return None;
    };
    // Thousands are grouped by commas.
    let value: f64 = value.replace(',', "").parse().ok()?;
    value.is_finite().then(|| (what.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Bar, Sheet};

    #[test]
    fn what_a_sheet_writes_is_read_back() {
        let mut sheet = Sheet::new("any", "Any", "A note | with bars | in it.");
        sheet.add("HTTP: messages/s", 1_234_567.0);
        sheet.judge("HTTP: µs of processor", Bar::AtMost(0.5), 0.25);
        sheet.add("nothing", 0.0);
        let table = Table::read(&format!("any: run 1 is done\n\n{}\n", sheet.markdown(1)));
        let names: Vec<&str> = table.names().collect();
        assert_eq!(
            names,
            ["HTTP: messages/s", "HTTP: µs of processor", "nothing"]
        );
        let value = |what: &&str| table.value(what).unwrap().to_string();
        let values: Vec<String> = names.iter().map(value).collect();
        assert_eq!(values, ["1234567", "0.25", "0"]);
    }

    #[test]
    fn what_is_no_table_has_no_rows() {
        for text in [
            "",
            "| What | Bar | Value | Lowest to highest | |\n|---|---|---|---|---|",
            "| a | | 5 |",
            "| a | | NaN | NaN – NaN | |",
            "a | | 5 | 5 – 5 |",
        ] {
            assert!(Table::read(text).is_empty(), "{text}");
        }
    }
}
