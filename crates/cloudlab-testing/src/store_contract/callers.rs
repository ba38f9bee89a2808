//! Callers that hang up, and callers whose time is up.

use super::session::{Moved, Session, account, identities, key};
use crate::{TestDatabase, eventually, hang_up_after, must};
use cloudlab_core::store::Error;
use cloudlab_core::{Commit, Deadline, Uuid, Write};
use cloudlab_sql::Statement;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(10);

fn commit(session: &Session, id: Uuid, number: i64) -> Commit {
    let tally = Write::count("tally", vec![("name", number.to_string().into())], "total", 1);
    session.empty().write(tally).write(account(id, number)).publish(Moved { stream: id, number })
}

/// How many of the four tables have a trace of a commit: all, or none.
async fn traces(session: &Session, id: Uuid, number: i64) -> i64 {
    let sql = "SELECT (SELECT count(*) FROM account WHERE id = $1) + (SELECT count(*) FROM journal WHERE stream = $1) \
        + (SELECT count(*) FROM stream_head WHERE stream = $1) + (SELECT count(*) FROM tally WHERE name = $2) AS n";
    session.number(sql, vec![id.into(), number.to_string().into()]).await
}

/// A commit that was begun goes on when its caller hangs up, after whichever poll that is.
pub async fn a_commit_goes_on_when_its_caller_hangs_up(db: TestDatabase) {
    let session = Session::new(db).await;
    session.write([account(identities(1)[0], 0)]).await;
    for polls in 1..12 {
        let id = identities(1)[0];
        let number = i64::try_from(polls).unwrap_or(0);
        let _ = hang_up_after(polls, session.commit(commit(&session, id, number))).await;
        eventually(SOON, "the commit is carried out", async || traces(&session, id, number).await == 4).await;
    }
}

/// Thousands hang up in the middle of reads and commits: whatever is begun is whole, and the next caller is served.
pub async fn callers_that_hang_up_leave_nothing_half_done(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(400);
    for (at, id) in ids.iter().enumerate() {
        let number = i64::try_from(at).unwrap_or(0);
        let _ = hang_up_after(at % 7, session.commit(commit(&session, *id, number))).await;
        let read = Statement::new("SELECT count(*) AS n FROM account", Vec::new());
        let _ = hang_up_after(at % 5, session.database.fetch(&session.ctx(), read)).await;
        let keyed = session.keyed(&number.to_string(), 1);
        let read = Statement::new("SELECT count(*) AS n FROM account", Vec::new());
        let _ = hang_up_after(at % 3, session.database.load(&keyed, read)).await;
    }
    let pool = || async { session.database.pool().used == 0 };
    eventually(SOON, "no connection is in use", pool).await;
    for (at, id) in ids.iter().enumerate() {
        let number = i64::try_from(at).unwrap_or(0);
        let found = traces(&session, *id, number).await;
        // A commit that was never polled was never begun.
        assert_eq!(found, if at % 7 == 0 { 0 } else { 4 }, "commit {at} after {} polls", at % 7);
    }
    session.write([Write::add("account", key(ids[1]), "balance", 1, None)]).await;
}

/// A caller is told in time that its time is up; what it asked may still happen, and happens wholly.
pub async fn a_deadline_is_kept(db: TestDatabase) {
    let session = Session::new(db).await;
    let passed = session.ctx().with_deadline(Deadline::at(Instant::now()));
    let read = Statement::new("SELECT count(*) AS n FROM account", Vec::new());
    let late = session.database.fetch(&passed, read).await;
    assert!(matches!(late, Ok(_) | Err(Error::Deadline)), "{late:?}");
    let id = identities(1)[0];
    let begun = Commit::new(&passed).write(account(id, 1)).publish(Moved { stream: id, number: 1 });
    let outcome = session.commit(begun).await;
    assert!(matches!(outcome, Ok(()) | Err(Error::Deadline)), "{outcome:?}");
    session.write([Write::count("tally", vec![("name", "after".into())], "total", 1)]).await;
    let sql = "SELECT (SELECT count(*) FROM account) - (SELECT count(*) FROM journal) AS n";
    assert_eq!(session.number(sql, Vec::new()).await, 0);
}

/// A read that runs too long is ended, and its connection serves the next.
pub async fn a_read_that_runs_too_long_is_ended(db: TestDatabase) {
    let settings = cloudlab_sql::Settings {
        statement_timeout: Duration::from_millis(200),
        pool_size: 1,
        ..TestDatabase::settings()
    };
    let session = Session::with(db, settings).await;
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) \
        SELECT count(*) AS n FROM n";
    let started = Instant::now();
    let ended = session.database.fetch(&session.ctx(), Statement::new(endless, Vec::new())).await;
    assert!(matches!(ended, Err(Error::Slow(_))), "nobody's deadline passed: {ended:?}");
    let hurried = session.ctx().with_deadline(Deadline::at(Instant::now() + Duration::from_millis(50)));
    let ended = session.database.fetch(&hurried, Statement::new(endless, Vec::new())).await;
    assert!(matches!(ended, Err(Error::Deadline)), "{ended:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "both ended late: {:?}", started.elapsed());
    let next = Statement::new("SELECT 1 AS n", Vec::new());
    must("the next read", session.database.fetch(&session.ctx(), next).await);
}
