//! What an error of the hub means, for the operator at the machine, who is told what a caller is not.

use battala_hub::Error;
use battala_proto::error::FieldError;

/// What is the matter, and what to do where that is known.
pub(crate) fn explain(error: &Error) -> String {
    let fields: Vec<String> = error.fields().iter().map(of_field).collect();
    if !fields.is_empty() {
        return fields.join("; ");
    }
    match error {
        Error::Internal(source) => format!("{error}: {source}"),
        Error::Unavailable => {
            "the database is busy, or another program holds a lock in it; try again".to_owned()
        }
        Error::Unreachable => {
            "the database went away meanwhile; try again when it is there".to_owned()
        }
        other => other.to_string(),
    }
}

/// A field and what is wrong with it.
pub(crate) fn of_field(field: &FieldError) -> String {
    format!("{}: {}", field.field, field.message)
}

/// A moment in milliseconds since 1970, as a date and a time of day that are the same everywhere.
pub(crate) fn moment(ms: i64) -> String {
    const DAY_S: i64 = 24 * 60 * 60;
    let seconds = ms.div_euclid(1000);
    let (year, month, day) = date(seconds.div_euclid(DAY_S));
    let second = seconds.rem_euclid(DAY_S);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a day that is counted from the first of 1970
/// (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>): years begin in March there, so
/// that the day that leap years have more is the last.
fn date(days: i64) -> (i64, i64, i64) {
    const ERA_DAYS: i64 = 146_097;
    /// From the first of March of the year 0.
    const DAYS_TO_1970: i64 = 719_468;
    let days = days + DAYS_TO_1970;
    let day_of_era = days.rem_euclid(ERA_DAYS);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + 400 * days.div_euclid(ERA_DAYS) + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_a_calendar_and_a_clock_do() {
        for (ms, told) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
            (951_782_400_000, "2000-02-29 00:00:00 UTC"),
            (1_709_251_199_999, "2024-02-29 23:59:59 UTC"),
            (1_735_689_600_000, "2025-01-01 00:00:00 UTC"),
            (4_107_542_400_000, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(moment(ms), told);
        }
    }
}
