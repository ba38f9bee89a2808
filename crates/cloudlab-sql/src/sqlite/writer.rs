//! The one thread that writes: whatever waits becomes one durable transaction, each piece of work a savepoint.
//!
//! A sync to disk costs far more than the rows of a commit, so commits that arrive while one is synced share the
//! next. A piece that fails is rolled back to its savepoint and does not touch the others. Some errors (a full
//! disk, an interrupt) roll back everything: then the transaction is gone, and each piece is run again alone.
//! A file that somebody else holds is waited for once, and not once for each piece.

use crate::engine::Failure;
use crate::sabotage;
use crate::sqlite::errors;
use cloudlab_core::Deadline;
use cloudlab_core::store::Error;
use rusqlite::{Connection, ErrorCode};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use tokio::sync::oneshot;

/// Pieces of work that share one sync at the most.
const MOST_TOGETHER: usize = 256;
/// Pieces that may wait for their turn. Whoever comes when there are as many is told at once, and does not wait in vain.
const MOST_WAITING: usize = 8 * MOST_TOGETHER;
/// Idle this long, the log is folded into the file and truncated.
const IDLE: Duration = Duration::from_secs(1);

/// How long another process may hold the file for writing.
const BUSY: Duration = Duration::from_secs(5);
/// Pause between two tries to switch the file to a write-ahead log.
const AGAIN: Duration = Duration::from_millis(5);

type Apply = Box<dyn FnMut(&Connection) -> Result<(), Failure> + Send>;

/// A piece of work: done inside a savepoint, answered after the sync.
struct Work {
    apply: Apply,
    answer: Box<dyn FnOnce(Result<(), Failure>) + Send>,
    /// Until when somebody waits for the answer.
    deadline: Option<Deadline>,
}

impl Work {
    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline.left().is_zero())
    }

    /// Does it, unless whoever asked for it has left while it waited.
    fn apply(&mut self, connection: &Connection) -> Result<(), Failure> {
        if self.is_late() { Err(Error::Deadline.into()) } else { (self.apply)(connection) }
    }

    fn end(self, outcome: Result<(), Failure>) {
        (self.answer)(outcome);
    }
}

/// A handle to the writer thread.
pub(super) struct Writer {
    queue: parking_lot::Mutex<Option<SyncSender<Work>>>,
    thread: parking_lot::Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Writer {
    /// Opens the file for writing and starts the thread.
    pub async fn open(path: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        let connection = write_ahead(connection).await?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.set_prepared_statement_cache_capacity(128);
        let (queue, work) = sync_channel(MOST_WAITING);
        let thread = std::thread::Builder::new().name("sqlite-writer".into());
        let thread = thread
            .spawn(move || serve(&connection, &work))
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(Self {
            queue: parking_lot::Mutex::new(Some(queue)),
            thread: parking_lot::Mutex::new(Some(thread)),
        })
    }

    /// Runs work inside the next transaction; the answer comes after it is durable. Work whose deadline passes before
    /// its turn is not done.
    pub async fn run<T, F>(&self, deadline: Option<Deadline>, mut work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let result = std::sync::Arc::new(parking_lot::Mutex::new(None));
        let slot = result.clone();
        let apply = Box::new(move |connection: &Connection| {
            *slot.lock() = Some(work(connection)?);
            Ok(())
        });
        let answer = Box::new(move |outcome| {
            let _ = answer.send(outcome);
        });
        self.send(Work { apply, answer, deadline })?;
        answered.await.map_err(|_| closed())??;
        result.lock().take().ok_or_else(closed)
    }

    /// Finishes what waits and ends the thread.
    pub async fn close(&self) {
        drop(self.queue.lock().take());
        let thread = self.thread.lock().take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    fn send(&self, work: Work) -> Result<(), Failure> {
        let queue = self.queue.lock();
        queue.as_ref().ok_or_else(closed)?.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => Error::Unavailable("too many commits wait for the file".into()).into(),
            TrySendError::Disconnected(_) => closed(),
        })
    }
}

/// Switches the file to a write-ahead log. SQLite does not wait here when another process does the same at this
/// moment, whatever the busy timeout, so that is done for it.
async fn write_ahead(connection: Connection) -> Result<Connection, rusqlite::Error> {
    let until = tokio::time::Instant::now() + BUSY;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Ok(()) => return Ok(connection),
            Err(error) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => return Err(error),
            Err(error) if tokio::time::Instant::now() >= until => return Err(error),
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

fn closed() -> Failure {
    Error::Unavailable("the database is closed".into()).into()
}

fn serve(connection: &Connection, queue: &Receiver<Work>) {
    let mut dirty = false;
    loop {
        match queue.recv_timeout(IDLE) {
            Ok(first) => {
                let mut group = vec![first];
                group.extend(queue.try_iter().take(MOST_TOGETHER - 1));
                commit_group(connection, group);
                dirty = true;
            }
            Err(RecvTimeoutError::Timeout) if dirty => {
                dirty = !truncate_log(connection);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Folds the log into the file. A reader in the middle of something makes this fail, and the next idle second tries
/// again: waiting for the reader would keep commits waiting too.
fn truncate_log(connection: &Connection) -> bool {
    let truncate = || -> Result<bool, rusqlite::Error> {
        connection.busy_timeout(Duration::ZERO)?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| Ok(row.get::<_, i64>(0)? == 0))
    };
    let done = truncate().unwrap_or(false);
    connection.busy_timeout(BUSY).is_ok() && done
}

fn commit_group(connection: &Connection, group: Vec<Work>) {
    if sabotage::on("ack_before_sync") {
        let _ = connection.pragma_update(None, "synchronous", "OFF");
    }
    let (late, mut group): (Vec<_>, Vec<_>) = group.into_iter().partition(Work::is_late);
    end_all(late, &Error::Deadline.into());
    match together(connection, &mut group) {
        Ok(Some(outcomes)) => group.into_iter().zip(outcomes).for_each(|(work, outcome)| work.end(outcome)),
        Ok(None) => one_by_one(connection, group),
        Err(failure) => end_all(group, &failure),
    }
}

fn end_all(group: impl IntoIterator<Item = Work>, failure: &Failure) {
    group.into_iter().for_each(|work| work.end(Err(failure.clone())));
}

/// All pieces in one transaction; nothing when it was lost as a whole and each must be run alone; an error when none
/// can begin.
fn together(
    connection: &Connection,
    group: &mut [Work],
) -> Result<Option<Vec<Result<(), Failure>>>, Failure> {
    if group.len() <= 1 {
        return Ok(None);
    }
    begin(connection)?;
    let mut outcomes = Vec::with_capacity(group.len());
    for work in group.iter_mut() {
        match savepoint(connection, work) {
            Ok(outcome) if !connection.is_autocommit() => outcomes.push(outcome),
            Ok(outcome) if sabotage::on("lost_group") => outcomes.push(outcome),
            _ => {
                roll_back(connection);
                return Ok(None);
            }
        }
    }
    if connection.execute_batch("COMMIT").is_ok() {
        return Ok(Some(outcomes));
    }
    roll_back(connection);
    Ok(sabotage::on("lost_group").then_some(outcomes))
}

/// Begins to write. It has waited long enough when it fails: nobody else of the same group is to wait as long again.
fn begin(connection: &Connection) -> Result<(), Failure> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(errors::failure)
}

/// Each piece in a transaction of its own, answered when that has ended.
fn one_by_one(connection: &Connection, group: Vec<Work>) {
    let mut group = group.into_iter();
    while let Some(mut work) = group.next() {
        if let Err(failure) = begin(connection) {
            return end_all(std::iter::once(work).chain(group), &failure);
        }
        let outcome = alone(connection, &mut work);
        work.end(outcome);
    }
}

/// One piece inside the transaction of all; an error when its savepoint cannot be told from the others any more.
fn savepoint(connection: &Connection, work: &mut Work) -> Result<Result<(), Failure>, rusqlite::Error> {
    connection.execute_batch("SAVEPOINT piece")?;
    let outcome = work.apply(connection);
    if connection.is_autocommit() {
        return Ok(outcome);
    }
    let end = if outcome.is_ok() { "RELEASE piece" } else { "ROLLBACK TO piece; RELEASE piece" };
    connection.execute_batch(end)?;
    Ok(outcome)
}

/// One piece in the transaction that has begun.
fn alone(connection: &Connection, work: &mut Work) -> Result<(), Failure> {
    let outcome =
        work.apply(connection).and_then(|()| connection.execute_batch("COMMIT").map_err(errors::failure));
    if outcome.is_err() {
        roll_back(connection);
    }
    outcome
}

fn roll_back(connection: &Connection) {
    // An error that has already rolled everything back leaves nothing to do here.
    if !connection.is_autocommit() && connection.execute_batch("ROLLBACK").is_err() {
        tracing::error!("SQLite refused a rollback");
    }
}
