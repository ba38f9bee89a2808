//! Commits on PostgreSQL while connections break, statements wait and schemas change.

use cloudlab_core::store::Error;
use cloudlab_core::{Commit, Deadline, InboxKey, Uuid, Write};
use cloudlab_sql::{Settings, Statement};
use cloudlab_testing::store_contract::session::{Moved, Session, account, identities, key, reply};
use cloudlab_testing::{FaultProxy, Mode, TestDatabase, eventually, must, on_postgres, store_contract};
use std::time::{Duration, Instant};

const SUITE: &str = "commits under faults";
const SOON: Duration = Duration::from_secs(10);

fn add(id: Uuid, amount: i64) -> Write {
    Write::add("account", key(id), "balance", amount, None)
}

/// Short limits, one connection: whatever spoils it is noticed by the next commit.
fn one_connection() -> Settings {
    Settings {
        pool_size: 1,
        notify: false,
        lock_timeout: Duration::from_millis(200),
        statement_timeout: Duration::from_millis(300),
        ..TestDatabase::settings()
    }
}

/// A session through a proxy, its connection open and its statements prepared, and one account.
async fn through_proxy(db: &TestDatabase) -> (FaultProxy, Session, Uuid) {
    let proxy = must("a proxy", FaultProxy::start(db.server_address()).await);
    let database = db.open_at(&db.url_by(proxy.address()), one_connection()).await;
    let session = Session { database, ..Session::new(db.clone()).await };
    let id = identities(1)[0];
    session.write([account(id, 0)]).await;
    session.write([add(id, 0)]).await;
    let keyed = session.keyed("warm", 1);
    session.done(Commit::new(&keyed).write(add(id, 0)).reply(&"warm".to_owned())).await;
    let inbox = InboxKey { consumer: "c".into(), event_id: id };
    session.done(session.empty().write(add(id, 0)).handling(inbox)).await;
    (proxy, session, id)
}

/// The balance as the server has it, not by way of the proxy.
async fn balance(raw: &tokio_postgres::Client, id: Uuid) -> i64 {
    let sql = format!("SELECT balance FROM account WHERE id = '{id}'");
    must("the balance", raw.query_one(&sql, &[]).await).get(0)
}

/// Sends a commit whose reply never arrives: the server has executed it when the connection breaks.
async fn lose_the_reply(
    db: &TestDatabase,
    proxy: &FaultProxy,
    session: &Session,
    id: Uuid,
    commit: Commit,
) -> Result<(), Error> {
    proxy.set(Mode::Mute);
    let raw = db.raw().await;
    let sent = tokio::spawn({
        let session = session.clone();
        async move { session.commit(commit).await }
    });
    eventually(SOON, "the server executes it", async || balance(&raw, id).await == 1).await;
    proxy.set(Mode::Pass);
    proxy.close_all();
    must("the commit's task", sent.await)
}

#[test]
fn a_commit_without_a_key_is_never_repeated_blindly() {
    on_postgres(SUITE, |db| async move {
        let (proxy, session, id) = through_proxy(&db).await;
        let commit = session.empty().write(add(id, 1));
        let outcome = lose_the_reply(&db, &proxy, &session, id, commit).await;
        assert!(matches!(outcome, Err(Error::Unknown(_))), "{outcome:?}");
        assert_eq!(balance(&db.raw().await, id).await, 1);
    });
}

#[test]
fn a_commit_under_a_key_finds_out_that_it_had_succeeded() {
    on_postgres(SUITE, |db| async move {
        let (proxy, session, id) = through_proxy(&db).await;
        let ctx = session.keyed("k", 1);
        let commit = Commit::new(&ctx).write(add(id, 1)).reply(&"first".to_owned());
        let outcome = lose_the_reply(&db, &proxy, &session, id, commit).await;
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(balance(&db.raw().await, id).await, 1);
    });
}

#[test]
fn an_effect_of_a_message_finds_out_that_it_had_succeeded() {
    on_postgres(SUITE, |db| async move {
        let (proxy, session, id) = through_proxy(&db).await;
        let inbox = InboxKey { consumer: "c".into(), event_id: identities(1)[0] };
        let commit = session.empty().write(add(id, 1)).handling(inbox);
        let outcome = lose_the_reply(&db, &proxy, &session, id, commit).await;
        assert!(matches!(outcome, Err(Error::AlreadyHandled)), "{outcome:?}");
        assert_eq!(balance(&db.raw().await, id).await, 1);
    });
}

#[test]
fn an_unknown_outcome_stays_unknown_while_the_server_is_away() {
    on_postgres(SUITE, |db| async move {
        let (proxy, session, id) = through_proxy(&db).await;
        let raw = db.raw().await;
        proxy.set(Mode::Mute);
        let ctx = session.keyed("k", 1).with_deadline(Deadline::at(Instant::now() + SOON));
        let commit = Commit::new(&ctx).write(add(id, 1)).reply(&"first".to_owned());
        let sent = tokio::spawn({
            let session = session.clone();
            async move { session.commit(commit).await }
        });
        eventually(SOON, "the server executes it", async || balance(&raw, id).await == 1).await;
        proxy.set(Mode::Cut);
        let outcome = must("the commit's task", sent.await);
        // "Unavailable" would promise that nothing was written.
        assert!(matches!(outcome, Err(Error::Unknown(_) | Error::Deadline)), "{outcome:?}");
    });
}

#[test]
fn a_connection_that_was_swallowed_is_not_used_again() {
    on_postgres(SUITE, |db| async move {
        let (proxy, session, id) = through_proxy(&db).await;
        proxy.set(Mode::BlackHole);
        let outcome = session.commit(session.empty().write(add(id, 1))).await;
        assert!(matches!(outcome, Err(Error::Unknown(_))), "{outcome:?}");
        proxy.set(Mode::Pass);
        let before = proxy.accepted();
        session.write([add(id, 10)]).await;
        assert_eq!(proxy.accepted(), before + 1, "the pool opened a new connection");
        assert_eq!(balance(&db.raw().await, id).await, 10);
    });
}

#[test]
fn a_server_that_is_away_is_unavailable_and_served_again_when_back() {
    on_postgres(SUITE, |db| async move {
        let (proxy, session, id) = through_proxy(&db).await;
        for mode in [Mode::Cut, Mode::Reset] {
            proxy.set(mode);
            let away = async || session.commit(session.empty().write(add(id, 1))).await;
            // The first may still go to a connection whose end was not noticed yet.
            let first = away().await;
            assert!(matches!(first, Err(Error::Unavailable(_) | Error::Unknown(_))), "{first:?}");
            let second = away().await;
            assert!(matches!(second, Err(Error::Unavailable(_))), "{second:?}");
            proxy.set(Mode::Pass);
            session.write([add(id, 1)]).await;
        }
        assert_eq!(balance(&db.raw().await, id).await, 2);
    });
}

#[test]
fn a_lock_that_is_held_too_long_is_unavailable_and_writes_nothing() {
    on_postgres(SUITE, |db| async move {
        let session = Session::with(db.clone(), one_connection()).await;
        let ids = identities(2);
        session.write([account(ids[0], 0), account(ids[1], 0)]).await;
        let raw = db.raw().await;
        let lock = format!("BEGIN; SELECT 1 FROM account WHERE id = '{}' FOR UPDATE", ids[1]);
        must("a lock", raw.batch_execute(&lock).await);
        let commit = session.empty().write(add(ids[0], 1)).write(add(ids[1], 1));
        session.refused(commit, |error| matches!(error, Error::Unavailable(_))).await;
        must("the lock is given up", raw.batch_execute("ROLLBACK").await);
        session.write([add(ids[0], 1), add(ids[1], 1)]).await;
    });
}

#[test]
fn a_key_that_is_being_executed_too_long_is_in_progress() {
    on_postgres(SUITE, |db| async move {
        let session = Session::with(db.clone(), one_connection()).await;
        let id = identities(1)[0];
        session.write([account(id, 0)]).await;
        let mut raw = db.raw().await;
        let other = must("a transaction", raw.transaction().await);
        let hold = format!(
            "INSERT INTO idempotency VALUES ('{}', 'tester', 'POST /v1/accounts', 'k', '', 0, '', '', now())",
            session.tenant
        );
        must("the key is taken", other.batch_execute(&hold).await);
        let attempt = async || {
            let ctx = session
                .keyed("k", 1)
                .with_deadline(Deadline::at(Instant::now() + Duration::from_millis(700)));
            session.commit(Commit::new(&ctx).write(add(id, 1)).reply(&"late".to_owned())).await
        };
        let waiting = attempt().await;
        assert!(matches!(waiting, Err(Error::InProgress | Error::Deadline)), "{waiting:?}");
        must("the other fails", other.rollback().await);
        let ctx = session.keyed("k", 1);
        let retried = session.commit(Commit::new(&ctx).write(add(id, 1)).reply(&"late".to_owned())).await;
        assert!(matches!(&retried, Ok(()) | Err(Error::Replayed(_))), "{retried:?}");
        assert!(!matches!(retried, Err(Error::Replayed(kept)) if kept != reply("late")));
        assert_eq!(session.balance(id).await, 1);
    });
}

#[test]
fn commits_in_opposite_orders_do_not_even_deadlock() {
    on_postgres(SUITE, |db| async move {
        let settings = Settings { lock_timeout: Duration::from_secs(8), ..TestDatabase::settings() };
        let session = Session::with(db.clone(), settings).await;
        let ids = identities(3);
        session.write(ids.iter().map(|id| account(*id, 0))).await;
        let raw = db.raw().await;
        // Both commits wait for the row in the middle, each with its first row written, if they take rows as written.
        let lock = format!("BEGIN; SELECT 1 FROM account WHERE id = '{}' FOR UPDATE", ids[1]);
        must("a lock", raw.batch_execute(&lock).await);
        let start = |order: [usize; 3]| {
            let commit = session.empty().write_all(order.map(|at| add(ids[at], 1)));
            let session = session.clone();
            tokio::spawn(async move { session.commit(commit).await })
        };
        let commits = [start([0, 1, 2]), start([2, 1, 0])];
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
            AND datname = current_database()";
        let watch = db.raw().await;
        let both = async || must("locks", watch.query_one(waiting, &[]).await).get::<_, i64>(0) == 2;
        eventually(SOON, "both commits wait", both).await;
        must("the lock is given up", raw.batch_execute("ROLLBACK").await);
        for commit in commits {
            must("a commit", must("a task", commit.await));
        }
        session.database.close().await;
        let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        let deadlocks: i64 = must("statistics", watch.query_one(deadlocks, &[]).await).get(0);
        assert_eq!(deadlocks, 0);
    });
}

async fn no_transaction_is_open(db: &TestDatabase) {
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid() AND xact_start IS NOT NULL";
    let raw = db.raw().await;
    let none = async || must("sessions", raw.query_one(open, &[]).await).get::<_, i64>(0) == 0;
    eventually(SOON, "no transaction is open", none).await;
}

#[test]
fn callers_that_hang_up_leave_no_transaction_open() {
    on_postgres(SUITE, |db| async move {
        store_contract::callers_that_hang_up_leave_nothing_half_done(db.clone()).await;
        no_transaction_is_open(&db).await;
    });
}

#[test]
fn a_value_that_does_not_fit_writes_nothing_and_leaves_no_transaction_open() {
    on_postgres(SUITE, |db| async move {
        let session = Session::with(db.clone(), one_connection()).await;
        let ids = identities(2);
        session.write([account(ids[0], 0), account(ids[1], 0)]).await;
        let odd = Write::update("account", key(ids[1])).set("balance", "not a number");
        let commit = session.empty().write(add(ids[0], 1)).write(odd);
        session.refused(commit, |error| matches!(error, Error::Defect(_))).await;
        no_transaction_is_open(&db).await;
        session.write([add(ids[0], 1), add(ids[1], 1)]).await;
        assert_eq!(session.balance(ids[0]).await, 1);
    });
}

#[test]
fn reads_go_on_after_a_schema_change() {
    on_postgres(SUITE, |db| async move {
        let session = Session::new(db.clone()).await;
        session
            .script("CREATE TABLE changing (tenant_id uuid, id uuid, n int, PRIMARY KEY (tenant_id, id))")
            .await;
        let id = identities(1)[0];
        let set = |n: i64| Write::update("changing", key(id)).set("n", n);
        session.write([Write::insert("changing", key(id)).set("n", 1_i64)]).await;
        session.write([set(2)]).await;
        let read = || Statement::new("SELECT * FROM changing", Vec::new());
        // Every connection of the pool has the old plan.
        let all = (0..16).map(|_| async { session.database.fetch(&session.ctx(), read()).await });
        for outcome in futures_util::future::join_all(all).await {
            must("a read before", outcome);
        }
        session.script("ALTER TABLE changing ALTER n TYPE bigint; ALTER TABLE changing ADD extra text").await;
        for n in 3..20 {
            session.write([set(n)]).await;
            let rows = must("a read after", session.database.fetch(&session.ctx(), read()).await);
            assert_eq!(must("n", rows[0].get::<i64>("n")), n);
        }
    });
}

#[test]
fn sessions_that_are_ended_under_load_lose_nothing_and_poison_nothing() {
    on_postgres(SUITE, |db| async move {
        let session = Session::new(db.clone()).await;
        let raw = db.raw().await;
        let mut ledger = Vec::new();
        for round in 0..10 {
            let start = |at: usize| {
                let (id, session) = (identities(1)[0], session.clone());
                let ctx = session.keyed(&format!("{round}-{at}"), 1);
                let keyed = at.is_multiple_of(2);
                let commit = if keyed { Commit::new(&ctx).reply(&"r".to_owned()) } else { session.empty() };
                let commit = commit.write(account(id, 1)).publish(Moved { stream: id, number: 1 });
                (id, tokio::spawn(async move { session.commit(commit).await }))
            };
            let started: Vec<_> = (0..60).map(start).collect();
            let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
            for _ in 0..3 {
                must("sessions are ended", raw.query_one(end, &[]).await);
            }
            for (id, task) in started {
                ledger.push((id, must("a task", task.await)));
            }
        }
        session.write([account(identities(1)[0], 1)]).await;
        for (id, outcome) in ledger {
            let sql = "SELECT (SELECT count(*) FROM account WHERE id = $1) + (SELECT count(*) FROM journal \
                WHERE stream = $1) AS n";
            let found = session.number(sql, vec![id.into()]).await;
            let right = match outcome {
                Ok(()) => found == 2,
                Err(Error::Unknown(_)) => found == 0 || found == 2,
                Err(_) => found == 0,
            };
            assert!(right, "{found} rows of a commit that ended with {outcome:?}");
        }
    });
}
