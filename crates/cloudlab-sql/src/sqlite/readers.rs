//! A few read-only connections: reads never wait for the writer, and none runs longer than its time.

use crate::engine::PoolStatus;
use crate::sqlite::{errors, values};
use crate::{Row, Statement};
use cloudlab_core::Deadline;
use cloudlab_core::store::Error;
use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Reads at one time; more would only wait for the same two cores.
const READERS: usize = 4;
/// Virtual-machine steps between two looks at the time: a few tens of microseconds.
const STEPS: i32 = 10_000;

/// The read-only connections.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    timeout: Duration,
}

impl Readers {
    /// Opens all connections; the file must exist.
    pub fn open(path: &Path, timeout: Duration) -> Result<Self, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = |_| {
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(Duration::from_secs(1))?;
            connection.set_prepared_statement_cache_capacity(64);
            Ok(connection)
        };
        let idle = (0..READERS).map(open).collect::<Result<Vec<_>, rusqlite::Error>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(idle)), permits: Arc::new(Semaphore::new(READERS)), timeout })
    }

    /// Runs the statements one after the other.
    pub async fn fetch(
        &self,
        statements: Vec<Statement>,
        deadline: Option<Deadline>,
    ) -> Result<Vec<Vec<Row>>, Error> {
        let longest = Instant::now() + self.timeout;
        let until = deadline.map_or(longest, |deadline| deadline.instant().min(longest));
        let permit = self.permits.clone().acquire_owned();
        let permit = tokio::time::timeout_at(until.into(), permit).await.map_err(|_| late(deadline))?;
        let permit = permit.map_err(|_| Error::Unavailable("the database is closed".into()))?;
        let idle = self.idle.clone();
        // The closure owns the connection until it is back, so a caller that hangs up loses none.
        let work = move || {
            let connection = idle.lock().pop();
            let Some(mut connection) = connection else {
                return Err(Error::Unavailable("no connection is idle".into()));
            };
            let result = run(&mut connection, &statements, until);
            idle.lock().push(connection);
            drop(permit);
            result
        };
        let result = tokio::task::spawn_blocking(work).await;
        let result = result.unwrap_or_else(|panic| Err(Error::Defect(format!("a read ended: {panic}"))));
        result.map_err(|error| if matches!(error, Error::Deadline) { late(deadline) } else { error })
    }

    /// How many connections are in use.
    pub fn status(&self) -> PoolStatus {
        PoolStatus { open: READERS, used: READERS - self.permits.available_permits(), waiting: 0 }
    }
}

/// Why a read was ended: the caller's time was up, or ours.
fn late(deadline: Option<Deadline>) -> Error {
    match deadline {
        Some(deadline) if deadline.left().is_zero() => Error::Deadline,
        _ => Error::Slow("the read took longer than a statement may".into()),
    }
}

fn run(
    connection: &mut Connection,
    statements: &[Statement],
    until: Instant,
) -> Result<Vec<Vec<Row>>, Error> {
    let overdue = move || Instant::now() > until;
    connection.progress_handler(STEPS, Some(overdue)).map_err(errors::read)?;
    let results = statements.iter().map(|statement| values::query(connection, statement)).collect();
    connection.progress_handler(0, None::<fn() -> bool>).map_err(errors::read)?;
    results
}
