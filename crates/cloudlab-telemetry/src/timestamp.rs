use std::time::{SystemTime, UNIX_EPOCH};

/// A moment of the wall clock in UTC.
pub(crate) struct Timestamp {
    seconds: u64,
    micros: u32,
}

impl Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "a log line tells when it was written, and no rule depends on it"
    )]
    pub(crate) fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// `2026-11-21T01:30:00.000001Z`, as RFC 3339 has it.
    pub(crate) fn write_rfc3339(&self, bytes: &mut Vec<u8>) {
        let (year, month, day) = civil(self.seconds / 86_400);
        for (value, width, after) in [(year, 4, b'-'), (month, 2, b'-'), (day, 2, b'T')] {
            write_padded(value, width, after, bytes);
        }
        self.write_time(bytes);
        write_padded(u64::from(self.micros), 6, b'Z', bytes);
    }

    /// `01:30:00.000`, in UTC too, followed by a space.
    pub(crate) fn write_clock(&self, bytes: &mut Vec<u8>) {
        self.write_time(bytes);
        write_padded(u64::from(self.micros / 1000), 3, b' ', bytes);
    }

    fn write_time(&self, bytes: &mut Vec<u8>) {
        let second = self.seconds % 86_400;
        for (value, after) in [(second / 3600, b':'), (second / 60 % 60, b':'), (second % 60, b'.')] {
            write_padded(value, 2, after, bytes);
        }
    }
}

/// By hand, because `write!` of six numbers costs more than the rest of a line's frame.
fn write_padded(value: u64, width: u32, after: u8, bytes: &mut Vec<u8>) {
    for place in (0..width).rev() {
        let digit = value / 10_u64.pow(place) % 10;
        bytes.push(b"0123456789"[digit as usize]);
    }
    bytes.push(after);
}

/// A clock before 1970 is broken, and a log line is no place to complain.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { seconds: since.as_secs(), micros: since.subsec_micros() }
    }
}

/// The date of a day counted from 1970, by Howard Hinnant's `civil_from_days`: years begin in March, so that the leap
/// day is their last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
#[path = "timestamp_tests.rs"]
mod tests;
