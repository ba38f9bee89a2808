//! A log that is kept in memory. Telemetry is one for the process, so each test file is a process of its own, and tests
//! of one file tell their lines apart by the target.
#![allow(dead_code, reason = "not every test file needs all of it")]
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use cloudlab_telemetry::{Format, Options, Output, Telemetry};

static LOG: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(Arc::default);

pub const LIMIT: Duration = Duration::from_secs(10);

pub fn start(format: Format) -> Telemetry {
    let output = Output::Writer(Arc::<Mutex<Vec<u8>>>::clone(&LOG));
    Telemetry::start(&Options { format, output, level: "debug".to_owned(), ..Options::default() }).unwrap()
}

/// All lines so far that contain `mark`.
pub fn lines(telemetry: &Telemetry, mark: &str) -> Vec<String> {
    assert!(telemetry.flush(LIMIT), "memory is never slow");
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    log.lines().filter(|line| line.contains(mark)).map(str::to_owned).collect()
}
