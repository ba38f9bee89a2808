//! Events in the journal: their place in the stream, and what is recorded with them.

use super::session::{Moved, Session, identities};
use super::together::all_at_once;
use crate::{TestDatabase, must};
use cloudlab_core::{Clock as _, Timestamp, TraceParent, Uuid};
use cloudlab_core::{Commit, Event};
use serde::Serialize;

async fn sequences(session: &Session, stream: Uuid) -> Vec<i64> {
    let sql = "SELECT sequence FROM journal WHERE tenant_id = $1 AND stream = $2 ORDER BY id";
    let rows = session.rows(sql, vec![session.tenant.into(), stream.into()]).await;
    rows.iter().map(|row| must("a sequence", row.get("sequence"))).collect()
}

fn gapless(count: i64) -> Vec<i64> {
    (1..=count).collect()
}

/// Events of a stream are counted 1, 2, 3, in the order of their ids, within a commit and across commits.
pub async fn events_of_a_stream_are_counted_without_gaps(db: TestDatabase) {
    let session = Session::new(db).await;
    let streams = identities(3);
    let event = |at: usize, number: i64| Moved { stream: streams[at], number };
    session.done(session.empty().publish(event(2, 0))).await;
    // The streams interleave, and come neither in the order of their ids nor in its reverse.
    let order = [1, 2, 0, 1, 1, 2, 0, 2, 1];
    let batch = order.into_iter().zip(1..).map(|(at, number)| event(at, number));
    session.done(session.empty().publish_all(batch)).await;
    session.done(session.empty().publish(event(1, 10))).await;
    for (stream, count) in streams.iter().zip([2, 5, 4]) {
        assert_eq!(sequences(&session, *stream).await, gapless(count));
    }
    let rows = session.rows("SELECT data FROM journal ORDER BY id", Vec::new()).await;
    let written: Vec<String> = (0..=10).map(|number| format!("{{\"number\":{number}}}")).collect();
    let read: Vec<String> = rows.iter().map(|row| must("data", row.get("data"))).collect();
    assert_eq!(read, written, "events stand in the journal as they were written");
}

/// The count has no gap and no double however many commits append at once, to one stream and to several.
pub async fn events_of_many_commits_are_counted_without_gaps(db: TestDatabase) {
    let session = Session::new(db).await;
    let streams = identities(4);
    let commit = |at: usize| {
        let commit = session.empty();
        let event = |offset: usize| Moved { stream: streams[(at + offset) % 4], number: 0 };
        if at.is_multiple_of(3) {
            commit.publish(event(0))
        } else {
            commit.publish_all([event(0), event(1), event(0)])
        }
    };
    let results = all_at_once(&session, (0..120).map(commit)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let mut total = 0;
    for stream in streams {
        let found = sequences(&session, stream).await;
        assert_eq!(found, gapless(i64::try_from(found.len()).unwrap_or(0)));
        total += found.len();
    }
    assert_eq!(total, 40 + 80 * 3);
}

/// One stream that many append to at once, each commit with nothing else to wait for.
pub async fn one_stream_is_counted_without_gaps_under_load(db: TestDatabase) {
    let session = Session::new(db).await;
    let stream = identities(1)[0];
    let commit = |number| session.empty().publish(Moved { stream, number });
    let results = all_at_once(&session, (0..200).map(commit)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(sequences(&session, stream).await, gapless(200));
}

/// A failed commit takes no place in a stream.
pub async fn a_failed_commit_takes_no_place_in_a_stream(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(2);
    let event = |number| Moved { stream: ids[0], number };
    session.done(session.empty().publish(event(1))).await;
    let stale = cloudlab_core::Write::delete("account", super::session::key(ids[1]));
    let failing = session.empty().write(stale).publish(event(2));
    assert!(session.commit(failing).await.is_err());
    session.done(session.empty().publish(event(3))).await;
    assert_eq!(sequences(&session, ids[0]).await, gapless(2));
}

/// The same stream in two tenants is two streams.
pub async fn streams_of_two_tenants_are_apart(db: TestDatabase) {
    let ours = Session::new(db).await;
    let theirs = ours.of_another_tenant();
    let stream = identities(1)[0];
    for session in [&ours, &ours, &theirs] {
        session.done(session.empty().publish(Moved { stream, number: 1 })).await;
    }
    assert_eq!((sequences(&ours, stream).await, sequences(&theirs, stream).await), (gapless(2), gapless(1)));
}

#[derive(Serialize)]
struct Audited {
    #[serde(skip)]
    stream: Uuid,
    text: String,
}

impl Event for Audited {
    const AGGREGATE: &'static str = "vault_door";
    const WHAT: &'static str = "opened";
    const VERSION: u16 = 3;

    fn aggregate_id(&self) -> Uuid {
        self.stream
    }
}

/// An event is recorded with who asked, when, and by which request.
pub async fn an_event_is_recorded_with_its_circumstances(db: TestDatabase) {
    let session = Session::new(db).await;
    let stream = identities(1)[0];
    let trace = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let ctx = session.ctx().with_trace(trace.clone());
    let event = Audited { stream, text: "ž \" \u{1} 'x'".into() };
    let at: Timestamp = session.db.clock().now();
    session.done(Commit::new(&ctx).record(event)).await;
    let rows = session.rows("SELECT * FROM journal", Vec::new()).await;
    let row = &rows[0];
    let text = |column: &str| must::<String, _>(column, row.get(column));
    assert_eq!((text("aggregate"), text("what")), ("vault_door".into(), "opened".into()));
    assert_eq!((text("principal"), text("request_id")), ("tester".into(), "request-1".into()));
    assert_eq!(text("data"), r#"{"text":"ž \" \u0001 'x'"}"#);
    assert_eq!(
        must("trace", row.get::<Option<String>>("trace")).as_deref(),
        trace.as_ref().map(TraceParent::as_str)
    );
    assert_eq!(must("at", row.get::<Timestamp>("at")), at);
    assert_eq!(must("version", row.get::<u16>("version")), 3);
    assert!(!must("public", row.get::<bool>("public")));
    assert_eq!(must("tenant", row.get::<cloudlab_core::TenantId>("tenant_id")), session.tenant);
}
