//! Readers on PostgreSQL, where ids become visible in another order than they are drawn.

use cloudlab_core::Uuid;
use cloudlab_sql::Settings;
use cloudlab_sql::journal::State;
use cloudlab_testing::journal_contract::assert_nothing_dead_lives;
use cloudlab_testing::journal_contract::following::{Collector, Following, SOON, Treatment};
use cloudlab_testing::store_contract::session::{Moved, Session, identities};
use cloudlab_testing::{FaultProxy, Mode, TestDatabase, eventually, must, never, on_postgres};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Client;

const SUITE: &str = "the journal with late transactions";
/// Many times longer than a proof takes.
const WATCHED: Duration = Duration::from_millis(700);

/// What the chassis does for one event, statement by statement, in a transaction that somebody else holds open.
async fn append(raw: &Client, session: &Session, stream: Uuid, events: i64) {
    let (tenant, event) = (session.tenant, identities(1)[0]);
    let sql = format!(
        "INSERT INTO stream_head (tenant_id, stream, version) VALUES ('{tenant}', '{stream}', {events}) \
           ON CONFLICT (tenant_id, stream) DO UPDATE SET version = stream_head.version + {events}; \
         INSERT INTO journal (tenant_id, event_id, aggregate, stream, sequence, what, version, public, data, at, \
           principal, request_id) \
         SELECT '{tenant}', overlay('{event}' PLACING lpad(n::text, 6, '0') FROM 31)::uuid, 'account', '{stream}', \
           n, 'moved', 1, true, '{{}}', now(), 'p', 'r' FROM generate_series(1, {events}) n"
    );
    must("a row of the journal", raw.batch_execute(&sql).await);
}

async fn run(raw: &Client, sql: &str) {
    must(sql, raw.batch_execute(sql).await);
}

async fn publish(session: &Session, stream: Uuid, count: i64) {
    for number in 0..count {
        session.done(session.empty().publish(Moved { stream, number })).await;
    }
}

/// A reader that has delivered one event, and what a test needs beside it.
async fn following(db: &TestDatabase) -> (Session, Client, Arc<Collector>, Following) {
    let session = Session::new(db.clone()).await;
    let sink = Collector::that(Treatment::Accept);
    let reader = Following::start(&session.database, "r", &sink);
    publish(&session, identities(1)[0], 1).await;
    sink.has(1).await;
    (session, db.raw().await, sink, reader)
}

async fn buried(session: &Session) -> i64 {
    session
        .number("SELECT CAST(coalesce(sum(hi - lo), 0) AS bigint) AS n FROM journal_dead_gap", Vec::new())
        .await
}

#[test]
fn a_transaction_that_stays_open_delays_only_its_own_rows() {
    on_postgres(SUITE, |db| async move {
        let (session, raw, sink, reader) = following(&db).await;
        run(&raw, "BEGIN").await;
        append(&raw, &session, identities(1)[0], 1).await;
        publish(&session, identities(1)[0], 20).await;
        sink.has(21).await;
        never(WATCHED, "the open id is given up", async || reader.status().dead_ids > 0).await;
        run(&raw, "COMMIT").await;
        sink.has(22).await;
        reader.stop().await;
        sink.assert_order();
        sink.assert_no_repetition();
        assert_nothing_dead_lives(&session).await;
    });
}

#[test]
fn a_late_transaction_with_more_rows_than_one_look_shows_loses_none() {
    on_postgres(SUITE, |db| async move {
        let (session, raw, sink, reader) = following(&db).await;
        run(&raw, "BEGIN").await;
        append(&raw, &session, identities(1)[0], 2_600).await;
        publish(&session, identities(1)[0], 3).await;
        sink.has(4).await;
        run(&raw, "COMMIT").await;
        sink.has(2_604).await;
        reader.stop().await;
        sink.assert_order();
        assert_eq!(buried(&session).await, 0);
    });
}

#[test]
fn rolled_back_ids_are_proven_dead_and_buried() {
    on_postgres(SUITE, |db| async move {
        let (session, raw, sink, reader) = following(&db).await;
        run(&raw, "BEGIN").await;
        append(&raw, &session, identities(1)[0], 40).await;
        publish(&session, identities(1)[0], 2).await;
        sink.has(3).await;
        run(&raw, "ROLLBACK").await;
        eventually(SOON, "they are buried", async || buried(&session).await == 40).await;
        eventually(SOON, "no gap is left", async || reader.status().gaps == 0).await;
        assert_eq!(reader.status().dead_ids, 40);
        reader.stop().await;
        assert_nothing_dead_lives(&session).await;
    });
}

#[test]
fn a_long_transaction_elsewhere_does_not_keep_a_gap_open() {
    on_postgres(SUITE, |db| async move {
        let (session, raw, sink, reader) = following(&db).await;
        let elsewhere = db.raw().await;
        run(
            &elsewhere,
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM journal; \
            INSERT INTO tally VALUES (gen_random_uuid(), 'x', 1)",
        )
        .await;
        run(&raw, "BEGIN").await;
        append(&raw, &session, identities(1)[0], 3).await;
        run(&raw, "ROLLBACK").await;
        publish(&session, identities(1)[0], 2).await;
        sink.has(3).await;
        eventually(SOON, "the gap is settled", async || buried(&session).await == 3).await;
        run(&elsewhere, "ROLLBACK").await;
        reader.stop().await;
    });
}

#[test]
fn whoever_appends_first_to_a_stream_is_delivered_first_however_late_it_commits() {
    on_postgres(SUITE, |db| async move {
        let (session, raw, sink, reader) = following(&db).await;
        for _ in 0..5 {
            let stream = identities(1)[0];
            run(&raw, "BEGIN; INSERT INTO idempotency VALUES (gen_random_uuid(), 'p', 'o', 'k', '', 0, '', '', now())")
                .await;
            append(&raw, &session, stream, 1).await;
            let second = tokio::spawn({
                let session = session.clone();
                async move { session.commit(session.empty().publish(Moved { stream, number: 2 })).await }
            });
            publish(&session, identities(1)[0], 3).await;
            never(Duration::from_millis(100), "the second overtakes", async || second.is_finished()).await;
            run(&raw, "COMMIT").await;
            must("the second event", must("a task", second.await));
        }
        sink.has(1 + 5 * 5).await;
        reader.stop().await;
        sink.assert_order();
        sink.assert_no_repetition();
    });
}

#[test]
fn a_prepared_transaction_blocks_the_proof_until_it_is_committed() {
    on_postgres(SUITE, |db| async move {
        let (session, raw, sink, reader) = following(&db).await;
        let most: String =
            must("a setting", raw.query_one("SHOW max_prepared_transactions", &[]).await).get(0);
        if most == "0" {
            eprintln!("skipped: prepared transactions (max_prepared_transactions is 0)");
            return reader.stop().await;
        }
        let gid = identities(1)[0];
        run(&raw, "BEGIN").await;
        append(&raw, &session, identities(1)[0], 2).await;
        publish(&session, identities(1)[0], 3).await;
        sink.has(4).await;
        // The proof begins while the transaction has its first name, and must not take the second for its end.
        never(WATCHED / 3, "an open id is given up", async || reader.status().dead_ids > 0).await;
        run(&raw, &format!("PREPARE TRANSACTION '{gid}'")).await;
        never(WATCHED, "a prepared id is given up", async || reader.status().dead_ids > 0).await;
        run(&raw, &format!("COMMIT PREPARED '{gid}'")).await;
        sink.has(6).await;
        reader.stop().await;
        sink.assert_order();
        assert_nothing_dead_lives(&session).await;
    });
}

#[test]
fn nothing_is_lost_when_readers_crash_while_transactions_are_open() {
    on_postgres(SUITE, |db| async move {
        let settings = Settings { lease: Duration::from_millis(300), ..TestDatabase::settings() };
        let session = Session::with(db.clone(), settings.clone()).await;
        let sink = Collector::that(Treatment::Accept);
        let mut published = 0;
        for round in 0..5 {
            let database = db.open_with(settings.clone()).await;
            let reader = Following::start(&database, "r", &sink);
            let (raw, open) = (db.raw().await, identities(1)[0]);
            run(&raw, "BEGIN").await;
            append(&raw, &session, open, 3).await;
            publish(&session, identities(1)[0], 10).await;
            published += 10;
            if round % 2 == 0 {
                eventually(SOON, "it sees the gap", async || sink.identities().len() >= published).await;
            }
            reader.crash().await;
            run(&raw, if round % 3 == 0 { "ROLLBACK" } else { "COMMIT" }).await;
            published += if round % 3 == 0 { 0 } else { 3 };
        }
        let reader = Following::start(&session.database, "r", &sink);
        eventually(SOON, "everything is delivered", async || sink.identities().len() == published).await;
        reader.stop().await;
        sink.assert_order();
        assert_nothing_dead_lives(&session).await;
    });
}

#[test]
fn a_lease_that_is_not_renewed_passes_on_within_twice_its_length() {
    on_postgres(SUITE, |db| async move {
        let lease = Duration::from_millis(1_500);
        let settings = Settings { lease, ..TestDatabase::settings() };
        let (first, second) = (db.open_with(settings.clone()).await, db.open_with(settings).await);
        let sink = Collector::that(Treatment::Accept);
        let dying = Following::start(&first, "r", &sink);
        dying.reads().await;
        let next = Following::start(&second, "r", &sink);
        eventually(SOON, "the second stands by", async || next.status().state == State::Standby).await;
        // The clocks of the processes have no say in it.
        db.clock().step_back(Duration::from_secs(3_600));
        dying.crash().await;
        eventually(lease * 2, "the second reads", async || next.status().state == State::Reading).await;
        next.stop().await;
    });
}

/// Two handles that poll rarely, so that only a notification can be as quick as the test asks.
async fn two_processes(db: &TestDatabase, reading_url: &str) -> (Session, Session) {
    let settings = Settings { poll_interval: Duration::from_secs(2), ..TestDatabase::settings() };
    let writing = Session::with(db.clone(), settings.clone()).await;
    let database = db.open_at(reading_url, settings).await;
    (writing.clone(), Session { database, ..writing })
}

#[test]
fn a_commit_wakes_the_readers_of_other_processes() {
    on_postgres(SUITE, |db| async move {
        let (writing, reading) = two_processes(&db, &db.url()).await;
        let both =
            async || writing.database.wakeup().is_notified() && reading.database.wakeup().is_notified();
        eventually(SOON, "both are notified", both).await;
        let sink = Collector::that(Treatment::Accept);
        let reader = Following::start(&reading.database, "r", &sink);
        reader.reads().await;
        for count in 1..=10 {
            publish(&writing, identities(1)[0], 1).await;
            eventually(Duration::from_millis(1_000), "it is told", async || sink.count() == count).await;
        }
        reader.stop().await;
    });
}

#[test]
fn a_listener_that_is_cut_falls_back_to_polling_and_recovers() {
    on_postgres(SUITE, |db| async move {
        let proxy = must("a proxy", FaultProxy::start(db.server_address()).await);
        let (writing, reading) = two_processes(&db, &db.url_by(proxy.address())).await;
        let notified = async || reading.database.wakeup().is_notified();
        let sink = Collector::that(Treatment::Accept);
        let reader = Following::start(&reading.database, "r", &sink);
        eventually(SOON, "it listens", notified).await;
        for (count, mode) in (1..).zip([Mode::Cut, Mode::Reset, Mode::BlackHole, Mode::Mute]) {
            proxy.set(mode);
            eventually(SOON, "the loss is noticed", async || !notified().await).await;
            publish(&writing, identities(1)[0], 1).await;
            proxy.set(Mode::Pass);
            // Polling delivers; nobody rings for what was committed while nobody listened.
            eventually(SOON, "it is delivered", async || sink.identities().len() == count).await;
            eventually(SOON, "it listens again", notified).await;
        }
        reader.stop().await;
        sink.assert_order();
    });
}

#[test]
fn a_notifier_that_hangs_is_noticed() {
    on_postgres(SUITE, |db| async move {
        let proxy = must("a proxy", FaultProxy::start(db.server_address()).await);
        let (_, broken) = two_processes(&db, &db.url_by(proxy.address())).await;
        let notified = async || broken.database.wakeup().is_notified();
        for _ in 0..3 {
            eventually(SOON, "it listens", notified).await;
            // The notification follows its commit by some milliseconds, and goes into the void.
            publish(&broken, identities(1)[0], 1).await;
            proxy.set(Mode::BlackHole);
            eventually(SOON, "it gives up", async || !notified().await).await;
            proxy.set(Mode::Pass);
            proxy.close_all();
        }
    });
}

/// The statement of the poll as a reader really sends it.
async fn statement(raw: &Client, with_gaps: bool) -> String {
    let sql = "SELECT query FROM pg_stat_activity WHERE query LIKE '%FROM journal WHERE id > $1%' \
        AND (query LIKE '%unnest%') = $1 AND pid <> pg_backend_pid() LIMIT 1";
    let mut found = None;
    for _ in 0..5_000 {
        found = must("sessions", raw.query_opt(sql, &[&with_gaps]).await).map(|row| row.get::<_, String>(0));
        if found.is_some() {
            break;
        }
        tokio::task::yield_now().await;
    }
    must("the reader polls", found.ok_or("its statement is not to be seen"))
}

#[test]
fn a_poll_walks_the_key_and_filters_nothing() {
    on_postgres(SUITE, |db| async move {
        let (session, raw, _sink, reader) = following(&db).await;
        let plain = statement(&raw, false).await;
        let open = db.raw().await;
        run(&open, "BEGIN").await;
        append(&open, &session, identities(1)[0], 1).await;
        publish(&session, identities(1)[0], 1).await;
        let both = statement(&raw, true).await;
        reader.stop().await;
        append(&raw, &session, identities(1)[0], 100_000).await;
        run(&raw, "ANALYZE journal").await;
        run(&raw, &format!("PREPARE plain (int8, int8) AS {plain}")).await;
        run(&raw, &format!("PREPARE gapped (int8, int8, int8[], int8[]) AS {both}")).await;
        let gaps = "'{5,900,70000}', '{7,40000,70010}'";
        for mode in ["force_generic_plan", "force_custom_plan"] {
            run(&raw, &format!("SET plan_cache_mode = {mode}")).await;
            for high in [0, 50_000, 99_990] {
                let calls = [format!("plain({high}, 500)"), format!("gapped({high}, 500, {gaps})")];
                for call in calls {
                    let rows = must("a plan", raw.query(&format!("EXPLAIN EXECUTE {call}"), &[]).await);
                    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
                    let plan = plan.join("\n");
                    assert!(
                        !plan.contains("Filter") && !plan.contains("Seq Scan"),
                        "{mode}, {call}:\n{plan}"
                    );
                    assert!(plan.contains("Index Scan using journal_pkey"), "{mode}, {call}:\n{plan}");
                }
            }
        }
        run(&open, "ROLLBACK").await;
    });
}
