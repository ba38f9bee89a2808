//! What only a file has: a log, a lock, and an end of the disk.

use cloudlab_core::store::Error;
use cloudlab_core::{Commit, Deadline, Write};
use cloudlab_sql::{Settings, Statement};
use cloudlab_testing::store_contract::schema;
use cloudlab_testing::store_contract::session::{Session, account, identities, key};
use cloudlab_testing::{TestDatabase, eventually, must, never, on_sqlite};
use rusqlite::Connection;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

const SUITE: &str = "the SQLite file";
const SOON: Duration = Duration::from_secs(10);

fn raw(db: &TestDatabase) -> Connection {
    must("a connection", Connection::open(db.url().trim_start_matches("sqlite:")))
}

/// Holds the file as another process would: commits gather behind it.
fn hold(db: &TestDatabase) -> Connection {
    let holder = raw(db);
    must("the file is held", holder.execute_batch("BEGIN IMMEDIATE"));
    holder
}

fn release(holder: &Connection) {
    must("the file is free", holder.execute_batch("COMMIT"));
}

/// A commit on its way.
fn committing(session: &Session, commit: Commit) -> JoinHandle<Result<(), Error>> {
    let session = session.clone();
    tokio::spawn(async move { session.commit(commit).await })
}

#[test]
fn the_writer_syncs_every_commit_to_the_log() {
    on_sqlite(SUITE, |db| async move {
        let session = Session::new(db).await;
        session.script("CREATE TABLE seen (what TEXT, n TEXT)").await;
        session.script("INSERT INTO seen SELECT 'synchronous', synchronous FROM pragma_synchronous").await;
        session.script("INSERT INTO seen SELECT 'journal', journal_mode FROM pragma_journal_mode").await;
        let rows = session.rows("SELECT n FROM seen ORDER BY what", Vec::new()).await;
        let seen: Vec<String> = rows.iter().map(|row| must("a setting", row.get("n"))).collect();
        assert_eq!(seen, ["wal", "2"], "2 is FULL: a commit that was answered outlives a power failure");
    });
}

/// Enough that others come before the large one and behind it.
const COMMITS: usize = 24;
const LARGE: usize = 12;

#[test]
fn a_full_disk_in_a_group_of_commits_loses_no_acknowledged_one() {
    on_sqlite(SUITE, |db| async move {
        let session = Session::new(db.clone()).await;
        let ids = identities(COMMITS + 1);
        session.write([account(ids[COMMITS], 0)]).await;
        let pages = session.number("SELECT page_count AS n FROM pragma_page_count", Vec::new()).await;
        session.script(&format!("PRAGMA max_page_count = {}", pages + 8)).await;
        // Whoever holds the file makes the commits gather: the first waits, and the others wait behind it as a group.
        let held = hold(&db);
        let start = |at: usize| {
            let size = if at == LARGE { 200_000 } else { 1 };
            let write = Write::insert("sample", key(ids[at])).set("octets", vec![7_u8; size]);
            committing(&session, session.empty().write(write))
        };
        let mut started = Vec::new();
        // Half of them before the large one: what a full disk takes away with it stands before it.
        for together in [0..LARGE, LARGE..COMMITS] {
            started.extend(together.map(start));
            never(Duration::from_millis(100), "a commit ends", async || {
                started.iter().any(|one| one.is_finished())
            })
            .await;
        }
        release(&held);
        for (at, task) in started.into_iter().enumerate() {
            let outcome = must("a task", task.await);
            let sql = "SELECT count(*) AS n FROM sample WHERE id = $1";
            let found = session.number(sql, vec![ids[at].into()]).await;
            if at == LARGE {
                assert!(matches!(outcome, Err(Error::Full(_))), "{outcome:?}");
                assert_eq!(found, 0);
            } else {
                assert!(outcome.is_ok() && found == 1, "commit {at}: {found} rows after {outcome:?}");
            }
        }
    });
}

#[test]
fn a_commit_that_fails_does_not_touch_its_group() {
    on_sqlite(SUITE, |db| async move {
        let session = Session::new(db.clone()).await;
        let ids = identities(60);
        let held = hold(&db);
        let start = |at: usize| {
            let commit = session.empty().write(account(ids[at], 0));
            let stale = Write::delete("account", key(ids[59]));
            let commit = if at.is_multiple_of(3) { commit.write(stale) } else { commit };
            committing(&session, commit)
        };
        let started: Vec<_> = (0..59).map(start).collect();
        never(Duration::from_millis(100), "a commit ends", async || {
            started.iter().any(|one| one.is_finished())
        })
        .await;
        release(&held);
        for (at, task) in started.into_iter().enumerate() {
            assert_eq!(must("a task", task.await).is_ok(), at % 3 != 0);
        }
        assert_eq!(session.number("SELECT count(*) AS n FROM account", Vec::new()).await, 39);
    });
}

#[test]
fn a_long_read_keeps_no_commit_waiting() {
    on_sqlite(SUITE, |db| async move {
        let settings = Settings { statement_timeout: Duration::from_secs(4), ..TestDatabase::settings() };
        let session = Session::with(db.clone(), settings).await;
        session.write([account(identities(1)[0], 0)]).await;
        // It reads a page first, so the log cannot be truncated while it runs.
        let endless = "WITH RECURSIVE n(i) AS (SELECT count(*) FROM account UNION ALL SELECT i + 1 FROM n \
            WHERE i < 2000000000) SELECT count(*) AS n FROM n";
        let reading = tokio::spawn({
            let session = session.clone();
            async move { session.database.fetch(&session.ctx(), Statement::new(endless, Vec::new())).await }
        });
        let mut slowest = Duration::ZERO;
        while !reading.is_finished() {
            let started = Instant::now();
            session.write([account(identities(1)[0], 0)]).await;
            slowest = slowest.max(started.elapsed());
            // Idle long enough for the writer to look after its log.
            never(Duration::from_millis(1_200), "never", async || false).await;
        }
        assert!(slowest < Duration::from_secs(1), "a commit waited {slowest:?} for a reader");
        let size = || std::fs::metadata(format!("{}-wal", db.url().trim_start_matches("sqlite:")));
        let truncated = async || size().is_ok_and(|log| log.len() == 0);
        eventually(SOON, "the log is truncated when the reader is gone", truncated).await;
    });
}

#[test]
fn a_file_that_another_process_holds_too_long_is_unavailable_to_all_at_once() {
    on_sqlite(SUITE, |db| async move {
        let session = Session::new(db.clone()).await;
        let held = hold(&db);
        let started = Instant::now();
        let start = |id| committing(&session, session.empty().write(account(id, 0)));
        for waiting in identities(20).into_iter().map(start).collect::<Vec<_>>() {
            let outcome = must("a task", waiting.await);
            assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
        }
        // A commit is tried for ten seconds, and a try waits for five.
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the last one was told after {:?}",
            started.elapsed()
        );
        release(&held);
        session.write([account(identities(1)[0], 0)]).await;
        assert_eq!(session.number("SELECT count(*) AS n FROM account", Vec::new()).await, 1);
    });
}

#[test]
fn a_commit_that_nobody_waits_for_any_more_is_not_made() {
    on_sqlite(SUITE, |db| async move {
        let session = Session::new(db.clone()).await;
        let held = hold(&db);
        let start = |id| {
            let deadline = Deadline::at(Instant::now() + Duration::from_millis(100));
            let commit = Commit::new(&session.ctx().with_deadline(deadline)).write(account(id, 0));
            committing(&session, commit)
        };
        // The first waits for the file, and the others behind it.
        for waiting in identities(10).into_iter().map(start).collect::<Vec<_>>() {
            let outcome = must("a task", waiting.await);
            assert!(matches!(outcome, Err(Error::Deadline)), "{outcome:?}");
        }
        release(&held);
        session.write([account(identities(1)[0], 0)]).await;
        assert_eq!(session.number("SELECT count(*) AS n FROM account", Vec::new()).await, 1);
    });
}

#[test]
fn commits_that_are_too_many_to_wait_are_told_at_once() {
    on_sqlite(SUITE, |db| async move {
        let session = Session::new(db.clone()).await;
        let held = hold(&db);
        let start = |id| committing(&session, session.empty().write(account(id, 0)));
        let started: Vec<_> = identities(3_000).into_iter().map(start).collect();
        let some = async || started.iter().filter(|one| one.is_finished()).count() > 500;
        eventually(Duration::from_secs(4), "some are told while the file is held", some).await;
        release(&held);
        let mut made = 0;
        for task in started {
            match must("a task", task.await) {
                Ok(()) => made += 1,
                outcome => assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}"),
            }
        }
        assert!(made > 1_000, "{made} of 3000");
        assert_eq!(session.number("SELECT count(*) AS n FROM account", Vec::new()).await, made);
    });
}

#[test]
fn several_processes_may_make_the_file_at_once() {
    on_sqlite(SUITE, |db| async move {
        for round in 0..20 {
            let url = format!("{}.{round}", db.url());
            let open = |_| {
                let (db, url) = (db.clone(), url.clone());
                tokio::spawn(async move {
                    let database = db.open_at(&url, TestDatabase::settings()).await;
                    must("migrate", database.migrate_up("contract", schema::MIGRATIONS).await);
                })
            };
            for opened in (0..6).map(open).collect::<Vec<_>>() {
                must("a process", opened.await);
            }
        }
    });
}
