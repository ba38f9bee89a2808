//! The lease on SQLite is an OS lock on a file beside the database: free at once when its process dies, and never
//! taken from one that lives, however long it was stopped.

use cloudlab_core::Uuid;
use cloudlab_core::store::Error;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The locks that this process holds, by reader, with the owner that took each.
pub(super) struct Leases {
    database: PathBuf,
    held: Mutex<HashMap<String, (Uuid, File)>>,
}

impl Leases {
    /// Leases for the readers of this database.
    pub fn beside(database: &Path) -> Self {
        Self { database: database.to_owned(), held: Mutex::new(HashMap::new()) }
    }

    /// Whether this owner holds the reader's lock, now or since before.
    pub fn take(&self, reader: &str, owner: Uuid) -> Result<bool, Error> {
        let mut held = self.held.lock();
        if let Some((holder, _)) = held.get(reader) {
            return Ok(*holder == owner);
        }
        let mut path = self.database.as_os_str().to_owned();
        path.push(format!(".{reader}.lease"));
        let unavailable = |error: std::io::Error| Error::Unavailable(format!("lease of {reader}: {error}"));
        let file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => {
                held.insert(reader.to_owned(), (owner, file));
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(unavailable(error)),
        }
    }

    /// Gives the lock up, if this owner holds it.
    pub fn release(&self, reader: &str, owner: Uuid) {
        let mut held = self.held.lock();
        if held.get(reader).is_some_and(|(holder, _)| *holder == owner) {
            held.remove(reader);
        }
    }
}
