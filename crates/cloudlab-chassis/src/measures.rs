//! The metrics of the chassis and of the crates below it: what each means, and those that alarms wait for.
//!
//! What counts something rare is there from the start, at zero: Prometheus sees no increase in a series that begins
//! with its first event.

use crate::publisher::READER;
use cloudlab_messaging::Consumer;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram};

/// Ids that were given up and turned out to carry events.
pub(crate) const LOST_IDS: &str = "journal_lost_ids_total";
/// Events that cannot travel.
pub(crate) const UNPUBLISHABLE: &str = "journal_unpublishable_total";

const COUNTERS: [(&str, &str); 5] = [
    (
        LOST_IDS,
        "Ids of the journal that were proven dead and turned out to carry events, which were not delivered.",
    ),
    (UNPUBLISHABLE, "Events that were left out because their data is no JSON."),
    ("journal_dead_ids_total", "Ids of the journal that were drawn and proven to carry no event, by reader."),
    ("consumer_retries_total", "Attempts at an event that failed and will be repeated, by consumer."),
    (
        "consumer_events_total",
        "Events that came to their end, by consumer and outcome: handled, or parked as a dead letter.",
    ),
];

const GAUGES: [(&str, &str); 9] = [
    ("database_connections_open", "Connections to the database."),
    ("database_connections_used", "Connections to the database that are in use."),
    ("database_requests_waiting", "Requests that wait for a connection to the database."),
    (
        "journal_notified",
        "1 while commits of other processes wake the readers of this one, 0 while they look by themselves.",
    ),
    ("journal_lag", "Ids of the journal that were drawn and are not delivered yet, by reader."),
    ("journal_gaps", "Ids of the journal that were passed over and may still show up, by reader."),
    ("journal_in_flight", "Events that were handed on and are not acknowledged yet, by reader."),
    ("journal_reader_state", "1 for the state in which the reader of this process is, 0 for the others."),
    ("dead_letters_waiting", "Events that were parked and not replayed."),
];

/// Describes all, and begins those that count the rare.
pub(crate) fn register(consumers: &[Consumer]) {
    COUNTERS.into_iter().for_each(|(name, help)| describe_counter!(name, help));
    GAUGES.into_iter().for_each(|(name, help)| describe_gauge!(name, help));
    describe_histogram!(
        "consumer_delay_seconds",
        "Time from an event to the end of its handling, by consumer."
    );
    counter!(LOST_IDS).increment(0);
    counter!(UNPUBLISHABLE).increment(0);
    counter!("journal_dead_ids_total", "reader" => READER).increment(0);
    for consumer in consumers {
        let name = consumer.name().to_owned();
        counter!("consumer_retries_total", "consumer" => name.clone()).increment(0);
        for outcome in ["handled", "parked"] {
            counter!("consumer_events_total", "consumer" => name.clone(), "outcome" => outcome).increment(0);
        }
    }
}
