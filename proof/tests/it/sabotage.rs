//! A check that cannot fail proves nothing: each known defect, brought back, is noticed by the law that forbids it.

use crate::driver::Load;
use crate::faults::f01_relay_killed::relay_killed;
use crate::faults::f06_owner_halted::halted_in_a_look;
use crate::faults::f12_hang_ups::begun;
use crate::laws::Violation;
use crate::place::Place;
use crate::show::show;
use crate::suite::{on_postgres, on_sqlite, say};
use std::sync::Arc;

const SWITCH: &str = "CLOUDLAB_SABOTAGE";

/// Fails unless one of these laws is among those that were broken.
fn notice(defect: &str, laws: &str, broken: &[Violation]) {
    let mut found: Vec<_> = broken.iter().filter(|violation| laws.contains(violation.law)).collect();
    found.dedup_by_key(|violation| violation.law);
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    say(&format!("  {defect}: {} violations, such as {}", broken.len(), shown.join("; ")));
    assert!(!found.is_empty(), "{defect} is not noticed by {laws}: {broken:?}");
}

/// Most clients hang up, most of them in the middle of a commit, and many come back under their key.
async fn hanging_up(place: Arc<Place>, seed: u64, defect: &str) -> Vec<Violation> {
    let load =
        Load { seed, clients: 8, commits: 300, probes: 40, hang_ups: 70, pause_ms: 0, ..Load::default() };
    show(place, &load, 0, &[(SWITCH, defect)]).await
}

/// The great test in small.
async fn small(place: Arc<Place>, seed: u64, kills: usize, defect: &str) -> Vec<Violation> {
    let load = Load { seed, clients: 8, commits: 300, probes: 40, ..Load::default() };
    show(place, &load, kills, &[(SWITCH, defect)]).await
}

/// A test for each seed: `red!(name, seed, place => violations; defect, law)`.
macro_rules! red {
    ($($name:ident($run:ident, $defect:literal, $law:literal, [$($seed:literal),+], $work:expr);)+) => {$(
        #[test]
        fn $name() {
            $($run(concat!("sabotage ", $defect), |place| async move {
                let work: fn(Arc<Place>, u64) -> _ = $work;
                notice($defect, $law, &work(place, $seed).await);
            });)+
        }
    )+};
}

red! {
    a_reader_that_forgets_its_gaps_loses_events(on_postgres, "no_gaps", "L3", [1, 2, 3],
        |place, seed| small(place, seed, 0, "no_gaps"));
    a_consumer_without_an_inbox_repeats_effects_on_postgres(on_postgres, "no_inbox", "L4", [1, 2, 3],
        |place, seed| relay_killed(place, seed, 3, &[(SWITCH, "no_inbox")]));
    a_consumer_without_an_inbox_repeats_effects_on_sqlite(on_sqlite, "no_inbox", "L4", [1, 2, 3],
        |place, seed| relay_killed(place, seed, 3, &[(SWITCH, "no_inbox")]));
    a_cursor_without_a_fence_is_moved_by_who_has_lost_the_lease(on_postgres, "no_fencing", "fence", [1, 2],
        |place, _| halted_in_a_look(place, &[(SWITCH, "no_fencing")]));
    a_commit_in_the_task_of_its_request_is_cut_by_a_hang_up(on_postgres, "no_own_task", "L2", [1, 2],
        |place, _| begun(place, &[(SWITCH, "no_own_task")]));
    a_connection_that_is_used_again_unread_makes_halves_of_commits(
        on_postgres, "no_own_task,reuse_unread", "L1 L2 L8 L9", [1],
        |place, seed| hanging_up(place, seed, "no_own_task,reuse_unread"));
    a_gap_that_is_given_up_without_a_proof_loses_events(on_postgres, "no_proof", "L3", [1],
        |place, seed| small(place, seed, 0, "no_proof"));
    a_stream_without_a_lock_loses_its_order(on_postgres, "no_stream_lock", "L5", [1],
        |place, seed| small(place, seed, 0, "no_stream_lock"));
    a_condition_that_is_not_checked_loses_updates(on_postgres, "no_conditions", "L9", [1],
        |place, seed| small(place, seed, 0, "no_conditions"));
    a_commit_that_is_trusted_by_its_word_alone_is_not_durable(on_postgres, "trust_commit", "L1", [1],
        |place, seed| small(place, seed, 0, "trust_commit"));
}
