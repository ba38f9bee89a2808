//! What every engine must do for readers of the journal. Run by `journal_contract!` in the engine's crate.

mod delivery;
pub mod following;
mod ownership;

pub use delivery::*;
pub use ownership::*;

/// Makes the tests of the journal contract: `journal_contract!(on_sqlite as sqlite, on_postgres as postgres)`.
#[macro_export]
macro_rules! journal_contract {
    ($($run:ident as $module:ident),+) => {
        $crate::suite_tests!($($run as $module),+; "journal contract", $crate::journal_contract: [
            every_event_comes_once_and_in_order_under_load,
            an_event_is_delivered_as_it_was_recorded,
            a_restart_goes_on_where_it_was,
            many_unacknowledged_events_all_come_again,
            refused_events_come_again_in_order,
            a_refusing_sink_is_not_asked_without_pause,
            every_reader_gets_everything,
            a_commit_wakes_the_readers_of_its_process,
            a_wrong_clock_changes_nothing,
            of_two_readers_of_one_name_one_reads,
            a_stale_owner_is_refused,
            a_journal_of_another_history_halts_the_reader,
            a_journal_that_ends_too_early_halts_the_reader,
            only_what_every_reader_is_past_is_pruned,
        ]);
    };
}
