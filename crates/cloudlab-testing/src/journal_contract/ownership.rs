//! One reader of a name at a time, on the journal that it knows.

use super::delivery::{journalled, publish};
use super::following::{Collector, Following, SOON, Treatment};
use crate::store_contract::session::{Session, identities};
use crate::{TestDatabase, eventually, must, never};
use cloudlab_sql::journal::State;
use std::time::Duration;

/// Of several readers of one name one reads; the next takes over as soon as it gives up.
pub async fn of_two_readers_of_one_name_one_reads(db: TestDatabase) {
    let lease = Duration::from_millis(1_000);
    let settings = cloudlab_sql::Settings { lease, ..TestDatabase::settings() };
    let session = Session::with(db.clone(), settings.clone()).await;
    // The second is in the same process on the same handle, the third like a process of its own.
    let other = db.open_with(settings).await;
    let sink = Collector::that(Treatment::Accept);
    let first = Following::start(&session.database, "r", &sink);
    first.reads().await;
    let second = Following::start(&session.database, "r", &sink);
    let third = Following::start(&other, "r", &sink);
    let streams = identities(2);
    publish(&session, &streams, 40).await;
    sink.has(40).await;
    let both = async || second.status().state == State::Reading || third.status().state == State::Reading;
    never(lease * 2, "a second reader reads", both).await;
    first.stop().await;
    eventually(lease, "another takes over at once", both).await;
    publish(&session, &streams, 40).await;
    sink.has(80).await;
    second.stop().await;
    third.stop().await;
    sink.assert_no_repetition();
    sink.assert_order();
}

/// An owner that lost its lease without noticing, because it slept, stores nothing over the next owner's position.
pub async fn a_stale_owner_is_refused(db: TestDatabase) {
    let session = Session::new(db).await;
    let sink = Collector::that(Treatment::Hold);
    let reader = Following::start(&session.database, "r", &sink);
    publish(&session, &identities(1), 3).await;
    eventually(SOON, "they are in flight", async || sink.holds() == 3).await;
    // Another owner has taken the lease and stands at the beginning.
    session.script("UPDATE journal_reader SET fence = fence + 1, high = 0, lowest = 1, gaps = '[]'").await;
    sink.treat(Treatment::Accept);
    sink.release();
    // Only who reads the position anew, after its own was refused, delivers again.
    sink.has(6).await;
    reader.stop().await;
}

/// A halted reader looks again after a lease.
async fn with_a_short_lease(db: TestDatabase) -> Session {
    let settings = cloudlab_sql::Settings { lease: Duration::from_millis(300), ..TestDatabase::settings() };
    Session::with(db, settings).await
}

/// A journal of another history is not read: its ids may mean other events.
pub async fn a_journal_of_another_history_halts_the_reader(db: TestDatabase) {
    let session = with_a_short_lease(db).await;
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "r", &sink);
    publish(&session, &identities(1), 3).await;
    sink.has(3).await;
    session.script("UPDATE journal_reader SET incarnation = 'of another server'").await;
    let halted = async || matches!(reader.status().state, State::Halted(_));
    eventually(SOON, "the reader halts", halted).await;
    publish(&session, &identities(1), 3).await;
    never(Duration::from_millis(500), "it reads on", async || sink.count() > 3).await;
    reader.stop().await;
    let again = Following::start(&session.database, "r", &sink);
    eventually(SOON, "it halts again", async || matches!(again.status().state, State::Halted(_))).await;
    eventually(SOON, "what waits is counted", async || again.status().lag >= 3).await;
    again.stop().await;
    assert_eq!(sink.count(), 3);
}

/// A journal that ends before what was delivered has lost its end: its next ids mean other events, and remain so when
/// they have come up to the position again. Only an operator, who sets the position right, lets the reader go on.
pub async fn a_journal_that_ends_too_early_halts_the_reader(db: TestDatabase) {
    let session = with_a_short_lease(db).await;
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "r", &sink);
    publish(&session, &identities(1), 3).await;
    sink.has(3).await;
    reader.stop().await;
    session.script("UPDATE journal_reader SET high = high + 5, lowest = lowest + 5").await;
    let reader = Following::start(&session.database, "r", &sink);
    eventually(SOON, "the reader halts", async || matches!(reader.status().state, State::Halted(_))).await;
    publish(&session, &identities(2), 10).await;
    session.db.clock().advance(Duration::from_secs(8 * 24 * 3600));
    assert_eq!(must("prune", session.database.forget_expired().await).events, 0, "a halted reader needs all");
    reader.stop().await;
    let reader = Following::start(&session.database, "r", &sink);
    never(Duration::from_millis(500), "it reads on", async || sink.count() > 3).await;
    let repair = "UPDATE journal_reader SET high = high - 5, lowest = lowest - 5, halted = NULL";
    session.script(repair).await;
    sink.has(13).await;
    reader.stop().await;
    assert_eq!(sink.identities(), journalled(&session).await);
}

/// Events are removed after their time, below the lowest position of every reader, and never above it.
pub async fn only_what_every_reader_is_past_is_pruned(db: TestDatabase) {
    let session = Session::new(db).await;
    let (fast, slow) = (Collector::that(Treatment::Accept), Collector::that(Treatment::Hold));
    let readers = [("fast", &fast), ("slow", &slow)];
    let readers = readers.map(|(name, sink)| Following::start(&session.database, name, sink));
    publish(&session, &identities(2), 30).await;
    fast.has(30).await;
    eventually(SOON, "all are in flight", async || slow.holds() == 30).await;
    session.db.clock().advance(Duration::from_secs(8 * 24 * 3600));
    let prune = || async { must("prune", session.database.forget_expired().await).events };
    assert_eq!(prune().await, 0, "the slow reader needs them");
    slow.release();
    slow.treat(Treatment::Accept);
    publish(&session, &identities(2), 10).await;
    slow.has(40).await;
    let mut pruned = 0;
    for _ in 0..2_000 {
        pruned += prune().await;
        if pruned == 30 {
            break;
        }
    }
    assert_eq!((pruned, prune().await), (30, 0), "the last ten are young");
    let late = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "late", &late);
    late.has(10).await;
    reader.stop().await;
    assert_eq!(late.identities(), journalled(&session).await, "a new reader begins behind what was pruned");
    assert_eq!(late.accepted().len(), 10);
    for reader in readers {
        reader.stop().await;
    }
}
