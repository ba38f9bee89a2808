//! Every known defect, brought back by its switch, is noticed by a test that passes without it.
//!
//! A child process runs one test of this program with `CLOUDLAB_SABOTAGE` set: the switch is read once a process.

use std::process::{Command, Stdio};

/// Whether the named test of this program passes under these switches.
#[expect(clippy::expect_used, reason = "a helper of tests, which clippy does not know as one")]
fn passes(test: &str, switches: &str) -> bool {
    let program = std::env::current_exe().expect("the path of this program");
    let output = Command::new(program)
        .args(["--exact", test, "--nocapture"])
        .env("CLOUDLAB_SABOTAGE", switches)
        .stdin(Stdio::null())
        .output()
        .expect("the test runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("running 1 test"), "there is no test {test}");
    output.status.success()
}

fn has_server() -> bool {
    #[expect(clippy::disallowed_methods, reason = "where test servers are, which no configuration file says")]
    let server = std::env::var("TEST_POSTGRES_URL");
    server.is_ok_and(|url| !url.is_empty())
}

/// A defect that shows under one order of threads only may hide once; it must not hide this often.
const TRIES: usize = 5;

/// Asserts that the test is green, and red with the defect.
fn is_caught(defect: &str, test: &str) {
    if test.contains("postgres") && !has_server() {
        return;
    }
    assert!(passes(test, ""), "{test} fails without any defect");
    let noticed = (0..TRIES).any(|_| !passes(test, defect));
    assert!(noticed, "{test} does not notice {defect} in {TRIES} runs");
}

/// Runs of a sabotaged test, and how many of them must be red: 95 of a hundred.
const RUNS: usize = 20;
const MUST_BE_RED: usize = 19;
/// A red run mostly waits for what does not come.
const AT_ONCE: usize = 5;

fn red_runs(test: &str, defect: &str) -> usize {
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| !passes(test, defect))).collect();
        runs.into_iter().map(|run| usize::from(run.join().unwrap_or(false))).sum()
    })
}

/// Minutes long, so it is asked for: `cargo test -p cloudlab-sql --all-features --test it -- --ignored --nocapture rates`.
#[test]
#[ignore = "it takes minutes; the tests above catch each defect once"]
#[expect(clippy::print_stdout, reason = "the rates are what it is for")]
fn rates() {
    let mut weak = Vec::new();
    for (defect, test) in CAUGHT {
        if test.contains("postgres") && !has_server() {
            println!("skipped: {defect} by {test} (TEST_POSTGRES_URL is not set)");
            continue;
        }
        let red = (0..RUNS / AT_ONCE).map(|_| red_runs(test, defect)).sum::<usize>();
        println!("{defect} by {test}: red in {red} of {RUNS} runs");
        if red < MUST_BE_RED {
            weak.push(format!("{defect} by {test}: {red} of {RUNS}"));
        }
    }
    assert!(weak.is_empty(), "noticed too rarely: {weak:#?}");
}

macro_rules! caught {
    ($($name:ident: $defect:literal by $($test:literal),+;)*) => {
        const CAUGHT: &[(&str, &str)] = &[$($(($defect, $test),)+)*];
        $(
            #[test]
            fn $name() {
                $(is_caught($defect, $test);)+
            }
        )*
    };
}

caught! {
    a_reader_without_gaps_is_caught: "no_gaps" by
        "postgres_journal::a_transaction_that_stays_open_delays_only_its_own_rows";
    a_gap_without_a_proof_is_caught: "no_proof" by
        "postgres_journal::a_transaction_that_stays_open_delays_only_its_own_rows",
        "postgres_journal::a_prepared_transaction_blocks_the_proof_until_it_is_committed";
    a_position_without_a_fence_is_caught: "no_fencing" by
        "journal::postgres::a_stale_owner_is_refused";
    an_effect_without_an_inbox_is_caught: "no_inbox" by
        "store::sqlite::a_message_has_its_effect_once",
        "store::postgres::a_message_has_its_effect_once";
    a_commit_without_a_task_of_its_own_is_caught: "no_own_task" by
        "store::postgres::a_commit_goes_on_when_its_caller_hangs_up";
    a_connection_with_unread_answers_is_caught: "reuse_unread" by
        "postgres_commits::a_connection_that_was_swallowed_is_not_used_again";
    a_transaction_left_open_in_the_pool_is_caught: "no_own_task,reuse_unread" by
        "postgres_commits::callers_that_hang_up_leave_no_transaction_open";
    a_commit_that_is_trusted_is_caught: "trust_commit" by
        "store::postgres::a_stale_update_writes_nothing";
    a_batch_in_pieces_is_caught: "split_batch" by
        "store::postgres::a_stale_update_writes_nothing";
    a_write_without_conditions_is_caught: "no_conditions" by
        "store::sqlite::a_stale_update_writes_nothing",
        "store::postgres::a_stale_update_writes_nothing";
    rows_locked_as_written_are_caught: "lock_order" by
        "postgres_commits::commits_in_opposite_orders_do_not_even_deadlock";
    a_stream_without_a_lock_is_caught: "no_stream_lock" by
        "store::postgres::one_stream_is_counted_without_gaps_under_load";
    a_key_that_is_looked_up_late_is_caught: "late_idempotency" by
        "store::sqlite::a_load_gives_the_kept_reply_before_the_decision",
        "store::postgres::a_load_gives_the_kept_reply_before_the_decision";
    a_blind_repetition_is_caught: "blind_retry" by
        "postgres_commits::a_commit_without_a_key_is_never_repeated_blindly";
    an_answer_before_the_sync_is_caught: "ack_before_sync" by
        "sqlite_file::the_writer_syncs_every_commit_to_the_log";
    a_group_that_was_lost_is_caught: "lost_group" by
        "sqlite_file::a_full_disk_in_a_group_of_commits_loses_no_acknowledged_one";
}
