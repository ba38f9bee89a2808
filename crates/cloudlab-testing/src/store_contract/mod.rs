//! What every engine must do with commits. Run by `store_contract!` in the engine's crate.

mod callers;
mod events;
mod once;
mod rows;
pub mod schema;
pub mod session;
mod together;
mod upkeep;

pub use callers::*;
pub use events::*;
pub use once::*;
pub use rows::*;
pub use together::*;
pub use upkeep::*;

/// Makes the tests of the store contract: `store_contract!(on_sqlite as sqlite, on_postgres as postgres)`.
#[macro_export]
macro_rules! store_contract {
    ($($run:ident as $module:ident),+) => {
        $crate::suite_tests!($($run as $module),+; "store contract", $crate::store_contract: [
            every_kind_of_value_is_read_as_it_was_written,
            many_new_rows_are_read_as_they_were_written,
            the_ends_of_time_are_refused_or_kept_but_never_wrapped,
            an_update_sets_only_the_columns_that_it_names,
            a_stale_update_writes_nothing,
            a_delete_removes_its_row_only,
            a_condition_can_ask_for_a_null,
            an_addition_leaves_at_least_its_floor,
            an_addition_never_wraps_around,
            a_count_begins_when_its_row_is_missing,
            an_expected_row_that_has_changed_refuses_the_commit,
            a_duplicate_is_named_and_writes_nothing,
            a_defect_writes_nothing,
            the_same_row_twice_is_refused,
            writes_happen_in_the_written_order,
            tenants_are_apart,
            many_additions_never_pass_the_floor,
            counts_of_many_commits_are_exact,
            two_decisions_over_each_others_rows_do_not_both_succeed,
            of_two_commits_on_one_version_one_succeeds,
            commits_in_opposite_orders_all_succeed,
            a_repeated_command_gets_the_first_reply,
            a_load_gives_the_kept_reply_before_the_decision,
            a_key_with_another_request_is_refused,
            a_key_is_free_for_another_tenant_principal_or_operation,
            a_failed_command_keeps_no_reply,
            a_key_without_a_reply_is_a_defect,
            a_kept_reply_is_forgotten_after_its_time,
            one_key_64_times_at_once_is_one_effect,
            a_repeated_cancellation_is_never_judged_by_its_own_effect,
            a_message_has_its_effect_once,
            effects_that_come_together_each_count_once,
            events_of_a_stream_are_counted_without_gaps,
            events_of_many_commits_are_counted_without_gaps,
            one_stream_is_counted_without_gaps_under_load,
            a_failed_commit_takes_no_place_in_a_stream,
            streams_of_two_tenants_are_apart,
            an_event_is_recorded_with_its_circumstances,
            a_commit_goes_on_when_its_caller_hangs_up,
            callers_that_hang_up_leave_nothing_half_done,
            a_deadline_is_kept,
            a_read_that_runs_too_long_is_ended,
            migrations_go_up_and_down,
            a_migration_that_fails_changes_nothing,
            migrations_of_several_processes_run_once,
            migrations_whose_numbers_cannot_be_right_are_refused,
            a_migration_under_another_name_is_not_taken_for_the_one_that_was_applied,
            of_two_migrations_of_one_number_that_start_at_once_one_is_refused,
            what_is_past_its_time_is_forgotten,
            forever_is_a_time_like_any_other,
        ]);
    };
}
