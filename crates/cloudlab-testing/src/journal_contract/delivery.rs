//! Every event, in order, whatever happens between.

use super::following::{Collector, Following, SOON, Treatment};
use crate::store_contract::session::{Moved, Session, identities, key};
use crate::{TestDatabase, eventually, must};
use cloudlab_core::{Clock as _, Uuid, Write};
use std::collections::BTreeSet;
use std::time::Duration;

/// Commits this many events, one commit each, one stream after the other.
pub(super) async fn publish(session: &Session, streams: &[Uuid], count: usize) {
    for (number, stream) in (0..).zip(streams.iter().cycle().take(count)) {
        session.done(session.empty().publish(Moved { stream: *stream, number })).await;
    }
}

/// Commits this many events of one stream at once.
pub(super) async fn publish_together(session: &Session, stream: Uuid, count: i64) {
    let events = (0..count).map(|number| Moved { stream, number });
    session.done(session.empty().publish_all(events)).await;
}

/// The identities of all events that the journal holds.
pub async fn journalled(session: &Session) -> BTreeSet<Uuid> {
    let rows = session.rows("SELECT event_id FROM journal", Vec::new()).await;
    rows.iter().map(|row| must("an identity", row.get("event_id"))).collect()
}

/// No id was given up that has a row after all.
///
/// # Panics
/// When there is one.
pub async fn assert_nothing_dead_lives(session: &Session) {
    let sql = "SELECT count(*) AS n FROM journal_dead_gap g JOIN journal j ON j.id >= g.lo AND j.id < g.hi";
    assert_eq!(session.number(sql, Vec::new()).await, 0, "an id was given up, and has a row");
}

/// Eight writers on six streams, half of whose commits fail: every committed event comes once and in order.
pub async fn every_event_comes_once_and_in_order_under_load(db: TestDatabase) {
    let session = Session::new(db).await;
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "load", &sink);
    let streams = identities(6);
    let write = |writer: usize| {
        let (session, streams) = (session.clone(), streams.clone());
        tokio::spawn(async move {
            for number in 0..60_i64 {
                let stream = streams[(writer + usize::try_from(number).unwrap_or(0)) % 6];
                let commit = session.empty().publish_all((0..2).map(|_| Moved { stream, number }));
                let missing = Write::delete("account", key(stream));
                let fails = (number + i64::try_from(writer).unwrap_or(0)) % 2 == 0;
                let commit = if fails { commit.write(missing) } else { commit };
                assert_eq!(session.commit(commit).await.is_err(), fails);
            }
        })
    };
    for writer in (0..8).map(write).collect::<Vec<_>>() {
        must("a writer", writer.await);
    }
    sink.has(8 * 30 * 2).await;
    reader.stop().await;
    sink.assert_no_repetition();
    sink.assert_order();
    assert_eq!(sink.identities(), journalled(&session).await);
    assert_nothing_dead_lives(&session).await;
}

/// What is delivered is what was recorded.
pub async fn an_event_is_delivered_as_it_was_recorded(db: TestDatabase) {
    let session = Session::new(db).await;
    let stream = identities(1)[0];
    let at = session.db.clock().now();
    publish(&session, &[stream], 1).await;
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "r", &sink);
    sink.has(1).await;
    reader.stop().await;
    let event = &sink.accepted()[0];
    assert_eq!((event.type_name().as_str(), event.stream, event.sequence), ("account.moved.v1", stream, 1));
    assert_eq!((event.tenant, event.time, event.public), (session.tenant, at, true));
    assert_eq!((event.principal.as_str(), event.request_id.as_str()), ("tester", "request-1"));
    assert_eq!(event.data.as_ref(), br#"{"number":0}"#);
}

/// A reader that is stopped and started again repeats nothing that was acknowledged, and loses nothing.
pub async fn a_restart_goes_on_where_it_was(db: TestDatabase) {
    let session = Session::new(db).await;
    let sink = Collector::that(Treatment::Accept);
    for round in 1..=4 {
        let reader = Following::start(&session.database, "r", &sink);
        publish(&session, &identities(3), 30).await;
        if round % 2 == 0 {
            sink.has(round * 30).await;
        }
        reader.stop().await;
    }
    let reader = Following::start(&session.database, "r", &sink);
    sink.has(120).await;
    reader.stop().await;
    sink.assert_no_repetition();
    sink.assert_order();
    assert_eq!(sink.identities(), journalled(&session).await);
}

/// More unacknowledged events than one look shows all come again after a restart: none is taken for dead.
pub async fn many_unacknowledged_events_all_come_again(db: TestDatabase) {
    let session = Session::new(db).await;
    let holding = Collector::that(Treatment::Hold);
    let reader = Following::start(&session.database, "r", &holding);
    for stream in identities(4) {
        publish_together(&session, stream, 900).await;
    }
    eventually(SOON, "all are in flight", async || holding.holds() == 3_600).await;
    let stopping = tokio::spawn(reader.stop());
    holding.drop_held();
    must("the reader", stopping.await);
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "r", &sink);
    sink.has(3_600).await;
    assert_eq!(reader.status().dead_ids, 0);
    reader.stop().await;
    sink.assert_no_repetition();
    sink.assert_order();
    assert_eq!(sink.identities(), journalled(&session).await);
    assert_nothing_dead_lives(&session).await;
}

/// What a sink refuses comes again, in order, as long as it refuses.
pub async fn refused_events_come_again_in_order(db: TestDatabase) {
    let session = Session::new(db).await;
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "r", &sink);
    let streams = identities(3);
    publish(&session, &streams, 10).await;
    sink.has(10).await;
    sink.treat(Treatment::Refuse);
    publish(&session, &streams, 50).await;
    eventually(SOON, "they are offered again", async || sink.refusals() > 200).await;
    sink.treat(Treatment::Accept);
    publish(&session, &streams, 10).await;
    sink.has(70).await;
    reader.stop().await;
    sink.assert_order();
    sink.assert_no_repetition();
    assert_eq!(sink.identities(), journalled(&session).await);
}

/// A sink that refuses at once is offered the same again at the pace of looks at the journal, not as fast as it can
/// refuse: a broker that is away must not become load on the database.
pub async fn a_refusing_sink_is_not_asked_without_pause(db: TestDatabase) {
    let session = Session::new(db).await;
    let sink = Collector::that(Treatment::Refuse);
    let reader = Following::start(&session.database, "r", &sink);
    publish(&session, &identities(1), 1).await;
    eventually(SOON, "it is offered", async || sink.refusals() > 0).await;
    let before = sink.refusals();
    let _ = tokio::time::timeout(Duration::from_millis(500), std::future::pending::<()>()).await;
    let offered = sink.refusals() - before;
    assert!(offered <= 60, "offered {offered} times in half a second");
    reader.stop().await;
}

/// Readers of different names each get everything.
pub async fn every_reader_gets_everything(db: TestDatabase) {
    let session = Session::new(db).await;
    let sinks = [0, 1, 2].map(|_| Collector::that(Treatment::Accept));
    let names = ["a", "b", "c"];
    let readers =
        names.into_iter().zip(&sinks).map(|(name, sink)| Following::start(&session.database, name, sink));
    let readers: Vec<_> = readers.collect();
    publish(&session, &identities(2), 20).await;
    for sink in &sinks {
        sink.has(20).await;
        sink.assert_order();
    }
    for reader in readers {
        reader.stop().await;
    }
}

/// A commit wakes the readers of its process at once, however rarely they look by themselves.
pub async fn a_commit_wakes_the_readers_of_its_process(db: TestDatabase) {
    let settings =
        cloudlab_sql::Settings { poll_interval: Duration::from_secs(60), ..TestDatabase::settings() };
    let session = Session::with(db, settings).await;
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "r", &sink);
    reader.reads().await;
    for count in 1..=5 {
        publish(&session, &identities(1), 1).await;
        eventually(Duration::from_secs(2), "the reader wakes", async || sink.count() == count).await;
    }
    reader.stop().await;
}

/// A clock that is off by an hour, or steps back, changes neither order nor delivery.
pub async fn a_wrong_clock_changes_nothing(db: TestDatabase) {
    let session = Session::new(db).await;
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "r", &sink);
    let streams = identities(2);
    let hour = Duration::from_secs(3_600);
    for step in 1..=6 {
        publish(&session, &streams, 10).await;
        if step % 2 == 0 {
            session.db.clock().advance(hour)
        } else {
            session.db.clock().step_back(hour)
        }
        sink.has(step * 10).await;
        assert_eq!(reader.status().state, cloudlab_sql::journal::State::Reading);
    }
    reader.stop().await;
    sink.assert_order();
    sink.assert_no_repetition();
}
