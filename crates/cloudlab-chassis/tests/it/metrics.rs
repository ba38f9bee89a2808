//! The metrics as whoever reads them without the source has them.

use crate::{home, probe_in};
use cloudlab_testing::service::wait_until;
use std::collections::BTreeSet;
use std::time::Duration;

#[test]
fn every_family_says_what_it_means() {
    let service = home().start();
    probe_in(&service, "fine");
    let metrics = || service.operator("GET", "/metrics").send().is(200).text();
    wait_until("the event is handled", Duration::from_secs(20), || {
        metrics().contains("consumer_delay_seconds_count")
    });
    let text = metrics();
    let families = |kind: &str| -> BTreeSet<_> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(kind));
        lines.filter_map(|line| line.split_once(' ')).map(|(name, _)| name).collect()
    };
    let (described, all) = (families("# HELP "), families("# TYPE "));
    let silent: Vec<_> = all.difference(&described).collect();
    assert!(silent.is_empty() && all.len() >= 15, "without HELP: {silent:?} in\n{text}");
}

#[test]
fn what_alarms_wait_for_is_there_before_it_happens() {
    let text = home().start().operator("GET", "/metrics").send().is(200).text();
    for line in [
        "journal_lost_ids_total 0",
        "journal_unpublishable_total 0",
        "journal_dead_ids_total{reader=\"publisher\"} 0",
        "consumer_retries_total{consumer=\"prober\"} 0",
        "consumer_events_total{consumer=\"prober\",outcome=\"handled\"} 0",
        "consumer_events_total{consumer=\"prober\",outcome=\"parked\"} 0",
        "cloudlab_log_lines_dropped_total 0",
        "dead_letters_waiting 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
}
