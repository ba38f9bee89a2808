//! Runs a scenario on an engine, or says why not.

use crate::place::Place;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Longer than any scenario takes: what hangs is a failure with a name.
const BOUND: Duration = Duration::from_secs(300);

/// One scenario at a time: each measures, and two cores are few.
static ALONE: Mutex<()> = Mutex::new(());

pub fn on_sqlite<T: Future<Output = ()>>(suite: &'static str, scenario: impl FnOnce(Arc<Place>) -> T) {
    run(suite, async { Place::sqlite() }, scenario);
}

/// On the server that `TEST_POSTGRES_URL` names.
pub fn on_postgres<T: Future<Output = ()>>(suite: &'static str, scenario: impl FnOnce(Arc<Place>) -> T) {
    match std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty()) {
        Some(url) => run(suite, async move { Place::postgres(&url).await }, scenario),
        None => say(&format!("skipped: {suite} on PostgreSQL (TEST_POSTGRES_URL is not set)")),
    }
}

/// Writes a line past the test harness, which would keep what a passing test prints.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Runs a scenario by itself, within the bound, and removes its place whatever came of it.
pub fn run<T>(suite: &'static str, make: impl Future<Output = Place>, scenario: impl FnOnce(Arc<Place>) -> T)
where
    T: Future<Output = ()>,
{
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let place = Arc::new(runtime.block_on(make));
    say(&format!("suite: {suite} on {}", runtime.block_on(place.version())));
    let scenario = || runtime.block_on(async { tokio::time::timeout(BOUND, scenario(place.clone())).await });
    let outcome = catch_unwind(AssertUnwindSafe(scenario));
    runtime.shutdown_background();
    drop(place);
    match outcome {
        Ok(ended) => assert!(ended.is_ok(), "{suite} hangs: it was ended after {BOUND:?}"),
        Err(failed) => resume_unwind(failed),
    }
}
