//! One suite of functions, run on every engine as tests of their own.

use crate::TestDatabase;
use crate::output::say_once;
use std::future::Future;
use std::panic::resume_unwind;
use std::time::Duration;

/// Longer than any test takes: what hangs is a failure with a name.
const BOUND: Duration = Duration::from_secs(120);

/// Makes a `#[test]` of every named function of a suite and engine: `suite_tests!(sqlite: store_contract: a, b)`.
#[doc(hidden)]
#[macro_export]
macro_rules! suite_tests {
    ($($run:ident as $module:ident),+; $suite:literal, $path:path: $names:tt) => {
        $($crate::suite_tests!(@engine $run, $module, $suite, $path, $names);)+
    };
    (@engine $run:ident, $module:ident, $suite:literal, $path:path, [$($name:ident),* $(,)?]) => {
        mod $module {
            use $path as functions;
            $(
                #[test]
                fn $name() {
                    $crate::$run($suite, functions::$name);
                }
            )*
        }
    };
}

/// Runs a test on a SQLite file of its own.
pub fn on_sqlite<F, T>(suite: &str, test: F)
where
    F: FnOnce(TestDatabase) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    run(suite, TestDatabase::sqlite(), test);
}

/// Runs a test on a PostgreSQL database of its own, or says that there is no server.
pub fn on_postgres<F, T>(suite: &str, test: F)
where
    F: FnOnce(TestDatabase) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    match TestDatabase::postgres() {
        Some(database) => run(suite, database, test),
        None => {
            say_once(&format!("skipped: {suite} on PostgreSQL (TEST_POSTGRES_URL is not set)"));
        }
    }
}

#[expect(clippy::expect_used, reason = "a test without a runtime cannot go on")]
fn run<F, T>(suite: &str, database: TestDatabase, test: F)
where
    F: FnOnce(TestDatabase) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(async {
        database.create().await;
        let first = database.open().await;
        let version = first.version().await.unwrap_or_else(|error| error.to_string());
        say_once(&format!("suite: {suite} on {version}"));
        first.close().await;
        // A task of its own: a failed test is caught here, so that its database is dropped.
        let task = tokio::spawn(tokio::time::timeout(BOUND, test(database.clone())));
        let outcome = task.await;
        database.close().await;
        outcome
    });
    runtime.shutdown_background();
    drop(database);
    match outcome {
        Ok(ended) => assert!(ended.is_ok(), "the test hangs: it was ended after {BOUND:?}"),
        Err(failed) => resume_unwind(failed.into_panic()),
    }
}
