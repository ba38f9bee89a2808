use std::time::{Duration, UNIX_EPOCH};

use super::Timestamp;

fn rfc3339(micros: u64) -> String {
    let mut bytes = Vec::new();
    Timestamp::from(UNIX_EPOCH + Duration::from_micros(micros)).write_rfc3339(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn moments_are_written_in_utc() {
    for (seconds, text) in [
        (0, "1970-01-01T00:00:00.000000Z"),
        (951_782_399, "2000-02-28T23:59:59.000000Z"),
        (951_782_400, "2000-02-29T00:00:00.000000Z"),
        (1_735_689_599, "2024-12-31T23:59:59.000000Z"),
        (1_772_323_200, "2026-03-01T00:00:00.000000Z"),
        (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
    ] {
        assert_eq!(rfc3339(seconds * 1_000_000), text);
    }
    assert_eq!(rfc3339(1), "1970-01-01T00:00:00.000001Z");
}
