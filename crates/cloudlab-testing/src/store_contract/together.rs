//! Commits that run into each other.

use super::session::{Session, account, identities, key};
use crate::database::is_stale;
use crate::{TestDatabase, must};
use cloudlab_core::store::Error;
use cloudlab_core::{Commit, Expect, Uuid, Write};
use futures_util::future::join_all;

/// Commits all at once, from tasks of their own.
pub(super) async fn all_at_once(
    session: &Session,
    commits: impl IntoIterator<Item = Commit>,
) -> Vec<Result<(), Error>> {
    let start = |commit| {
        let session = session.clone();
        tokio::spawn(async move { session.commit(commit).await })
    };
    let tasks: Vec<_> = commits.into_iter().map(start).collect();
    join_all(tasks).await.into_iter().map(|ended| must("a task", ended)).collect()
}

/// 32 commits take from one row: as many succeed as there is to take, and it never falls below its floor.
pub async fn many_additions_never_pass_the_floor(db: TestDatabase) {
    let session = Session::new(db).await;
    let id = identities(1)[0];
    session.write([account(id, 25)]).await;
    let take = |_| session.empty().write(Write::add("account", key(id), "balance", -1, Some(5)));
    let results = all_at_once(&session, (0..32).map(take)).await;
    let taken = results.iter().filter(|result| result.is_ok()).count();
    let refused = results.iter().filter(|result| is_stale(result, "account")).count();
    assert_eq!((taken, refused, session.balance(id).await), (20, 12, 5));
}

/// Counters are exact, whoever creates their rows.
pub async fn counts_of_many_commits_are_exact(db: TestDatabase) {
    let session = Session::new(db).await;
    let count = |name: &'static str| Write::count("tally", vec![("name", name.into())], "total", 1);
    // Half of the commits name the rows in the opposite order.
    let commit = |at: usize| {
        let writes = if at.is_multiple_of(2) { ["a", "b", "c"] } else { ["c", "b", "a"] };
        session.empty().write_all(writes.map(count))
    };
    let results = all_at_once(&session, (0..48).map(commit)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(session.number("SELECT CAST(sum(total) AS bigint) AS n FROM tally", Vec::new()).await, 144);
    assert_eq!(session.number("SELECT min(total) AS n FROM tally", Vec::new()).await, 48);
}

/// Two commits that each rely on the row that the other writes cannot both be right.
pub async fn two_decisions_over_each_others_rows_do_not_both_succeed(db: TestDatabase) {
    let session = Session::new(db).await;
    for _ in 0..12 {
        let ids = identities(2);
        session.write([account(ids[0], 1), account(ids[1], 1)]).await;
        // The rule: one of the two stays at 1. Each looked at the other, which was at 1.
        let leave = |mine: Uuid, other: Uuid| {
            let expect = Expect::row("account", key(other)).when("balance", 1_i64);
            session.empty().expect(expect).write(Write::update("account", key(mine)).set("balance", 0_i64))
        };
        let results = all_at_once(&session, [leave(ids[0], ids[1]), leave(ids[1], ids[0])]).await;
        let left = session.balance(ids[0]).await + session.balance(ids[1]).await;
        assert_eq!(left, 1, "both or neither left: {results:?}");
        assert_eq!(results.iter().filter(|result| is_stale(result, "account")).count(), 1, "{results:?}");
    }
}

/// Two commits of one version: one is right, and the other has to read again.
pub async fn of_two_commits_on_one_version_one_succeeds(db: TestDatabase) {
    let session = Session::new(db).await;
    let id = identities(1)[0];
    session.write([account(id, 0)]).await;
    for version in 1..=10_i64 {
        let raise = |_| {
            let write =
                Write::update("account", key(id)).set("version", version + 1).when("version", version);
            session.empty().write(write)
        };
        let results = all_at_once(&session, (0..6).map(raise)).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert_eq!(results.iter().filter(|result| is_stale(result, "account")).count(), 5, "{results:?}");
    }
}

/// Commits that write the same rows in opposite orders wait for each other and all succeed.
pub async fn commits_in_opposite_orders_all_succeed(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(6);
    session.write(ids.iter().map(|id| account(*id, 0))).await;
    let commit = |at: usize| {
        let writes = ids.iter().map(|id| Write::add("account", key(*id), "balance", 1, None));
        let mut writes: Vec<_> = writes.collect();
        writes.rotate_left(at % 6);
        if at.is_multiple_of(2) {
            writes.reverse();
        }
        session.empty().write_all(writes)
    };
    let results = all_at_once(&session, (0..60).map(commit)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    for id in ids {
        assert_eq!(session.balance(id).await, 60);
    }
}
