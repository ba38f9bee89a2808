//! Connections of PostgreSQL: how many there are on the server, to which host, and what each keeps.

use cloudlab_core::store::Error;
use cloudlab_core::{Deadline, RequestContext};
use cloudlab_sql::{Settings, Statement};
use cloudlab_testing::store_contract::session::{Session, account, identities};
use cloudlab_testing::{FaultProxy, Mode, TestDatabase, eventually, must, on_postgres};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const SUITE: &str = "connections";
const SOON: Duration = Duration::from_secs(10);

async fn session_at(db: &TestDatabase, url: &str, settings: Settings) -> Session {
    let database = db.open_at(url, settings).await;
    Session { database, ..Session::new(db.clone()).await }
}

fn accounts() -> Statement {
    Statement::new("SELECT count(*) AS n FROM account", Vec::new())
}

fn hurried(session: &Session, within: Duration) -> RequestContext {
    session.ctx().with_deadline(Deadline::at(Instant::now() + within))
}

#[test]
fn callers_who_leave_take_no_more_sessions_than_the_pool_has() {
    on_postgres(SUITE, |db| async move {
        const POOL: usize = 4;
        let settings = Settings {
            pool_size: POOL,
            notify: false,
            lock_timeout: Duration::from_secs(20),
            statement_timeout: Duration::from_secs(20),
            ..TestDatabase::settings()
        };
        let session = session_at(&db, &format!("{}?application_name=impatient", db.url()), settings).await;
        session.write([account(identities(1)[0], 0)]).await;
        let (lock, watch) = (db.raw().await, db.raw().await);
        must("a lock", lock.batch_execute("BEGIN; LOCK TABLE account IN ACCESS EXCLUSIVE MODE").await);
        let sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'impatient' \
            AND datname = current_database()";
        let sessions = async || must("sessions", watch.query_one(sessions, &[]).await).get::<_, i64>(0);
        let mut most = 0;
        for round in 0..30 {
            let reads = (0..2 * POOL).map(|at| {
                let session = session.clone();
                tokio::spawn(async move {
                    // Half of them hear that their time is up, the other half hang up.
                    if (round + at) % 2 == 0 {
                        let ctx = hurried(&session, Duration::from_millis(60));
                        let read = session.database.fetch(&ctx, accounts()).await;
                        assert!(matches!(read, Err(Error::Deadline)), "{read:?}");
                    } else {
                        let ctx = session.ctx();
                        let read = session.database.fetch(&ctx, accounts());
                        let _ = tokio::time::timeout(Duration::from_millis(60), read).await;
                    }
                })
            });
            for read in reads.collect::<Vec<_>>() {
                must("a read", read.await);
                most = most.max(sessions().await);
            }
        }
        // One that was given up may be seen while it ends.
        assert!(most <= 2 * POOL as i64, "{most} sessions of a pool of {POOL}");
        must("the lock is given up", lock.batch_execute("ROLLBACK").await);
        let read = must("a read", session.database.fetch(&session.ctx(), accounts()).await);
        assert_eq!(must("n", read[0].get::<i64>("n")), 1);
        eventually(SOON, "no connection is in use", async || session.database.pool().used == 0).await;
    });
}

#[test]
fn a_statement_that_nobody_waits_for_is_cancelled() {
    on_postgres(SUITE, |db| async move {
        let settings = Settings { pool_size: 1, notify: false, ..TestDatabase::settings() };
        let session = Session::with(db.clone(), settings).await;
        let watch = db.raw().await;
        // Not a moment ago: it is prepared before it runs.
        let running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%endless%' AND state = 'active' \
            AND datname = current_database() AND pid <> pg_backend_pid() AND clock_timestamp() - query_start > interval '100 ms'";
        let running = async || must("sessions", watch.query_one(running, &[]).await).get::<_, i64>(0);
        let endless = "WITH RECURSIVE endless(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM endless) \
            SELECT count(*) AS n FROM endless";
        let reading = tokio::spawn({
            let session = session.clone();
            async move { session.database.fetch(&session.ctx(), Statement::new(endless, Vec::new())).await }
        });
        eventually(SOON, "the statement runs", async || running().await == 1).await;
        let left = Instant::now();
        reading.abort();
        must("the next read", session.database.fetch(&session.ctx(), accounts()).await);
        assert_eq!(running().await, 0, "it runs on beside the next one of a pool of one");
        let took = left.elapsed();
        assert!(took < TestDatabase::settings().statement_timeout, "it ran to its end: {took:?}");
    });
}

#[test]
fn a_place_in_the_pool_comes_back_when_the_server_cannot_be_asked() {
    on_postgres(SUITE, |db| async move {
        let proxy = must("a proxy", FaultProxy::start(db.server_address()).await);
        let settings = Settings { pool_size: 1, notify: false, ..TestDatabase::settings() };
        let session = session_at(&db, &db.url_by(proxy.address()), settings).await;
        must("a read", session.database.fetch(&session.ctx(), accounts()).await);
        proxy.set(Mode::BlackHole);
        let read = session.database.fetch(&hurried(&session, Duration::from_millis(50)), accounts()).await;
        assert!(matches!(read, Err(Error::Deadline)), "{read:?}");
        proxy.set(Mode::Pass);
        let ctx = hurried(&session, Duration::from_secs(3));
        must("the next read", session.database.fetch(&ctx, accounts()).await);
    });
}

/// Listens, and never says a word.
async fn silent() -> (TcpListener, String) {
    let listener = must("a listener", TcpListener::bind("127.0.0.1:0").await);
    let address = must("its address", listener.local_addr()).to_string();
    (listener, address)
}

fn with_hosts(db: &TestDatabase, hosts: &[&str]) -> String {
    db.url().replace(&db.server_address(), &hosts.join(","))
}

#[test]
fn the_second_host_is_tried_while_the_first_is_silent() {
    on_postgres(SUITE, |db| async move {
        let settings =
            Settings { connect_timeout: Duration::from_secs(2), notify: false, ..TestDatabase::settings() };
        let ((_one, one), (_other, other)) = (silent().await, silent().await);
        let url = with_hosts(&db, &[&one, &other, &db.server_address()]);
        let session = session_at(&db, &url, settings.clone()).await;
        must("a read", session.database.fetch(&hurried(&session, Duration::from_secs(2)), accounts()).await);
        let session = session_at(&db, &with_hosts(&db, &[&one, &other]), settings).await;
        let started = Instant::now();
        let read = session.database.fetch(&session.ctx(), accounts()).await;
        assert!(matches!(read, Err(Error::Unavailable(_))), "{read:?}");
        assert!(started.elapsed() < Duration::from_secs(4), "it took {:?}", started.elapsed());
    });
}

#[test]
fn statements_of_many_texts_do_not_fill_the_server() {
    on_postgres(SUITE, |db| async move {
        let settings = Settings { pool_size: 1, notify: false, ..TestDatabase::settings() };
        let session = Session::with(db.clone(), settings).await;
        let prepared =
            async || session.number("SELECT count(*) AS n FROM pg_prepared_statements", Vec::new()).await;
        for at in 0..600 {
            let text = format!("SELECT count(*) AS n FROM account WHERE balance = {at}");
            must("a read", session.database.fetch(&session.ctx(), Statement::new(text, Vec::new())).await);
            if at % 50 == 0 {
                // A batch, and one that stays in use.
                must("a load", session.database.load(&session.keyed("k", 1), accounts()).await);
                session.write([account(identities(1)[0], 0), account(identities(1)[0], 0)]).await;
            }
        }
        let kept = prepared().await;
        assert!((100..300).contains(&kept), "{kept} statements on one connection");
    });
}
