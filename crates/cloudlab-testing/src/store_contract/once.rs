//! What happens once: commands under a key, and effects of messages.

use super::session::{Session, account, identities, key, reply};
use super::together::all_at_once;
use crate::{TestDatabase, must};
use cloudlab_core::store::Error;
use cloudlab_core::{Commit, InboxKey, Principal, Reply, RequestContext, Store as _, Uuid, Write};
use cloudlab_sql::Statement;
use futures_util::future::join_all;
use std::time::Duration;

fn add(id: Uuid) -> Write {
    Write::add("account", key(id), "balance", 1, None)
}

/// A command under a key that adds 1 to an account and answers with a text.
fn command(ctx: &RequestContext, id: Uuid, text: &str) -> Commit {
    Commit::new(ctx).write(add(id)).reply(&text.to_owned())
}

fn is_replay_of(result: &Result<(), Error>, expected: &Reply) -> bool {
    matches!(result, Err(Error::Replayed(kept)) if kept == expected)
}

async fn prepared(db: TestDatabase) -> (Session, Uuid) {
    let session = Session::new(db).await;
    let id = identities(1)[0];
    session.write([account(id, 0)]).await;
    (session, id)
}

async fn look(session: &Session, ctx: &RequestContext, id: Uuid) -> Result<i64, Error> {
    let sql = "SELECT balance FROM account WHERE tenant_id = $1 AND id = $2";
    let rows =
        session.database.load(ctx, Statement::new(sql, vec![session.tenant.into(), id.into()])).await?;
    rows[0].get("balance")
}

/// The first reply is given again, octet for octet, and nothing happens a second time.
pub async fn a_repeated_command_gets_the_first_reply(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    let ctx = session.keyed("k", 1);
    session.done(command(&ctx, id, "first")).await;
    for text in ["second", "first"] {
        let again = session.commit(command(&ctx, id, text)).await;
        assert!(is_replay_of(&again, &reply("first")), "{again:?}");
    }
    assert_eq!(session.balance(id).await, 1);
}

/// The kept reply comes before anything of the present state, or a repeated command would be judged by its own effect.
pub async fn a_load_gives_the_kept_reply_before_the_decision(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    let ctx = session.keyed("k", 1);
    assert_eq!(must("no reply is kept yet", look(&session, &ctx, id).await), 0);
    session.done(command(&ctx, id, "first")).await;
    let again = look(&session, &ctx, id).await.map(|_| ());
    assert!(is_replay_of(&again, &reply("first")), "{again:?}");
    let other = look(&session, &session.keyed("k", 2), id).await;
    assert!(matches!(other, Err(Error::KeyReused)), "{other:?}");
    assert_eq!(must("another key", look(&session, &session.keyed("other", 1), id).await), 1);
}

/// A key names one request: with another content it is refused.
pub async fn a_key_with_another_request_is_refused(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    session.done(command(&session.keyed("k", 1), id, "first")).await;
    let other = command(&session.keyed("k", 2), id, "first");
    session.refused(other, |error| matches!(error, Error::KeyReused)).await;
}

/// A key belongs to a tenant, a principal and an operation.
pub async fn a_key_is_free_for_another_tenant_principal_or_operation(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    let ours = session.keyed("k", 1);
    session.done(command(&ours, id, "first")).await;
    let mut elsewhere = must("the key", ours.idempotency().ok_or("none")).as_ref().clone();
    let principal =
        RequestContext::new(session.tenant, Principal::new("other"), "r").with_idempotency(elsewhere.clone());
    session.done(command(&principal, id, "first")).await;
    elsewhere.operation = "PATCH /v1/accounts".into();
    session.done(command(&session.ctx().with_idempotency(elsewhere), id, "first")).await;
    assert_eq!(session.balance(id).await, 3);
    let theirs = session.of_another_tenant();
    theirs.write([account(id, 0)]).await;
    theirs.done(command(&theirs.keyed("k", 1), id, "first")).await;
    assert_eq!((session.balance(id).await, theirs.balance(id).await), (3, 1));
}

/// A command that failed keeps nothing: the same key may be tried again.
pub async fn a_failed_command_keeps_no_reply(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    let ctx = session.keyed("k", 1);
    let stale = command(&ctx, id, "first").write(Write::delete("account", key(identities(1)[0])));
    session.refused(stale, |error| matches!(error, Error::Stale { .. })).await;
    session.done(command(&ctx, id, "second")).await;
    let again = session.commit(command(&ctx, id, "third")).await;
    assert!(is_replay_of(&again, &reply("second")), "{again:?}");
}

/// A key without a reply protects nothing, and a reply that nobody can show cannot be kept: both are bugs.
pub async fn a_key_without_a_reply_is_a_defect(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    let ctx = session.keyed("k", 1);
    let silent = Commit::new(&ctx).write(add(id));
    session.refused(silent, |error| matches!(error, Error::Defect(_))).await;
    let unknown = Commit::new(&ctx).write(add(id)).reply(&7_i64);
    session.refused(unknown, |error| matches!(error, Error::Defect(_))).await;
}

/// A reply is kept for its time, to the microsecond, and then the key is free.
pub async fn a_kept_reply_is_forgotten_after_its_time(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    let ctx = session.keyed("k", 1);
    let keep = TestDatabase::settings().keep_replies;
    session.done(command(&ctx, id, "first")).await;
    session.db.clock().advance(keep.saturating_sub(Duration::from_micros(1)));
    let kept = session.commit(command(&ctx, id, "second")).await;
    assert!(is_replay_of(&kept, &reply("first")), "{kept:?}");
    session.db.clock().advance(Duration::from_micros(1));
    session.done(command(&ctx, id, "second")).await;
    session.db.clock().advance(keep * 2);
    assert_eq!(must("the key is free", look(&session, &ctx, id).await), 2);
    session.done(command(&ctx, id, "third")).await;
    assert_eq!(session.balance(id).await, 3);
}

/// However many ask at once under one key, it happens once, and all get one reply.
pub async fn one_key_64_times_at_once_is_one_effect(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    let commit = |at: usize| command(&session.keyed("k", 1), id, &format!("reply-{at}"));
    let results = all_at_once(&session, (0..64).map(commit)).await;
    assert_eq!(session.balance(id).await, 1);
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let winner = results.iter().position(Result::is_ok).unwrap_or_default();
    let kept = reply(&format!("reply-{winner}"));
    assert_eq!(results.iter().filter(|result| is_replay_of(result, &kept)).count(), 63, "{results:?}");
}

/// A command that may happen once only, such as a cancellation, repeated while the first is on its way: whoever sees
/// the effect gets the reply, and nobody is told that it is too late.
pub async fn a_repeated_cancellation_is_never_judged_by_its_own_effect(db: TestDatabase) {
    let session = Session::new(db).await;
    for round in 0..25 {
        let id = identities(1)[0];
        session.write([account(id, 0)]).await;
        let ctx = session.keyed(&format!("cancel-{round}"), 1);
        let cancel = |_| {
            let (session, ctx) = (session.clone(), ctx.clone());
            tokio::spawn(async move {
                let balance = look(&session, &ctx, id).await?;
                assert_eq!(balance, 0, "it saw its own effect without the reply");
                session.database.commit(command(&ctx, id, "cancelled")).await
            })
        };
        let results = join_all((0..8).map(cancel)).await;
        let results: Vec<_> = results.into_iter().map(|ended| must("no attempt is told no", ended)).collect();
        assert!(
            results.iter().all(|result| result.is_ok() || is_replay_of(result, &reply("cancelled"))),
            "{results:?}"
        );
        assert_eq!(session.balance(id).await, 1);
    }
}

/// A message has its effect on a consumer once, however often it comes.
pub async fn a_message_has_its_effect_once(db: TestDatabase) {
    let (session, id) = prepared(db).await;
    let event_id = identities(1)[0];
    let handle = |session: &Session, consumer: &str| {
        session.empty().write(add(id)).handling(InboxKey { consumer: consumer.to_owned(), event_id })
    };
    session.done(handle(&session, "a")).await;
    session.refused(handle(&session, "a"), |error| matches!(error, Error::AlreadyHandled)).await;
    session.done(handle(&session, "b")).await;
    assert_eq!(session.balance(id).await, 2);
    let theirs = session.of_another_tenant();
    theirs.write([account(id, 0)]).await;
    theirs.done(handle(&theirs, "a")).await;
    let results = all_at_once(&session, (0..16).map(|_| handle(&session, "c"))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let handled = results.iter().filter(|result| matches!(result, Err(Error::AlreadyHandled)));
    assert_eq!((handled.count(), session.balance(id).await), (15, 3));
}

/// Effects of one consumer that only count may be written together: each is there once, and one that is refused takes no
/// other with it.
pub async fn effects_that_come_together_each_count_once(db: TestDatabase) {
    let session = Session::new(db).await;
    let theirs = session.of_another_tenant();
    let count = |table| {
        ["b", "a"].map(|name: &'static str| Write::count(table, vec![("name", name.into())], "total", 1))
    };
    let effect = |session: &Session, table, event_id| {
        session.empty().write_all(count(table)).handling(InboxKey { consumer: "c".into(), event_id })
    };
    let mut commits = vec![effect(&session, "no_such_table", identities(1)[0])];
    for event in identities(24) {
        commits.extend([&session, &theirs, &session].map(|session| effect(session, "tally", event)));
    }
    let results = all_at_once(&session, commits).await;
    let of = |is_it: fn(&Result<(), Error>) -> bool| results.iter().filter(|result| is_it(result)).count();
    let handled = of(|result| matches!(result, Err(Error::AlreadyHandled)));
    let defects = of(|result| matches!(result, Err(Error::Defect(_))));
    assert_eq!((of(Result::is_ok), handled, defects), (48, 24, 1), "{results:?}");
    for session in [&session, &theirs] {
        let sql = "SELECT min(total) AS n FROM tally WHERE tenant_id = $1";
        assert_eq!(session.number(sql, vec![session.tenant.into()]).await, 24);
        let sql = "SELECT count(*) AS n FROM inbox WHERE tenant_id = $1";
        assert_eq!(session.number(sql, vec![session.tenant.into()]).await, 24);
    }
}
