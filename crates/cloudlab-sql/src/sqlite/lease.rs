//! The lease on SQLite is an OS lock on a file beside the database: free at once when its process dies, and never
//! taken from one that lives, however long it was stopped.

use cloudlab_core::store::Error;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The locks that this process holds, by reader.
pub(super) struct Leases {
    database: PathBuf,
    held: Mutex<HashMap<String, File>>,
}

impl Leases {
    /// Leases for the readers of this database.
    pub fn beside(database: &Path) -> Self {
        Self { database: database.to_owned(), held: Mutex::new(HashMap::new()) }
    }

    /// Whether this process holds the reader's lock, now or since before.
    pub fn take(&self, reader: &str) -> Result<bool, Error> {
        let mut held = self.held.lock();
        if held.contains_key(reader) {
            return Ok(true);
        }
        let mut path = self.database.as_os_str().to_owned();
        path.push(format!(".{reader}.lease"));
        let unavailable = |error: std::io::Error| Error::Unavailable(format!("lease of {reader}: {error}"));
        let file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => {
                held.insert(reader.to_owned(), file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(unavailable(error)),
        }
    }

    /// Gives the lock up.
    pub fn release(&self, reader: &str) {
        self.held.lock().remove(reader);
    }
}
