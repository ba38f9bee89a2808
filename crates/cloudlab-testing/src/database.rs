//! Databases that live for one test.

#[cfg(feature = "postgres")]
use crate::ServerDatabase;
use crate::store_contract::schema;
use crate::{ManualClock, fresh_ids};
use cloudlab_core::store::Error;
use cloudlab_sql::{Database, Settings};
use parking_lot::Mutex;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// A database of one test: empty but for the tables of the chassis and of the contract suites.
#[derive(Clone)]
pub struct TestDatabase {
    inner: Arc<Inner>,
}

struct Inner {
    place: Place,
    clock: Arc<ManualClock>,
    opened: Mutex<Vec<Database>>,
}

enum Place {
    File(tempfile::TempDir),
    #[cfg(feature = "postgres")]
    Server(ServerDatabase),
}

/// The value of a call that must succeed.
///
/// # Panics
/// When it did not; `what` says what failed.
#[track_caller]
#[expect(clippy::panic, reason = "an assertion")]
pub fn must<T, E: Debug>(what: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{what}: {error:?}"))
}

impl TestDatabase {
    /// A SQLite file in a folder of its own.
    #[must_use]
    pub fn sqlite() -> Self {
        Self::at(Place::File(must("a temporary folder", tempfile::tempdir())))
    }

    /// A PostgreSQL database on the server that `TEST_POSTGRES_URL` names, if it names one.
    #[must_use]
    #[cfg(feature = "postgres")]
    pub fn postgres() -> Option<Self> {
        Some(Self::at(Place::Server(ServerDatabase::from_environment("cloudlab_test")?)))
    }

    /// No PostgreSQL database: this build has no driver.
    #[must_use]
    #[cfg(not(feature = "postgres"))]
    pub fn postgres() -> Option<Self> {
        None
    }

    fn at(place: Place) -> Self {
        let inner = Inner { place, clock: Arc::default(), opened: Mutex::default() };
        Self { inner: Arc::new(inner) }
    }

    /// The clock of every handle.
    #[must_use]
    pub fn clock(&self) -> &Arc<ManualClock> {
        &self.inner.clock
    }

    /// The URL that a service would be configured with.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.inner.place {
            Place::File(folder) => format!("sqlite:{}", folder.path().join("test.db").display()),
            #[cfg(feature = "postgres")]
            Place::Server(database) => database.url(),
        }
    }

    /// A handle with limits that suit a test.
    pub async fn open(&self) -> Database {
        self.open_with(Self::settings()).await
    }

    /// A handle with these limits, as a process of its own would have.
    pub async fn open_with(&self, settings: Settings) -> Database {
        self.open_at(&self.url(), settings).await
    }

    /// A handle that reaches the database by another address, such as a proxy's.
    pub async fn open_at(&self, url: &str, settings: Settings) -> Database {
        let opened = Database::open(url, settings, self.inner.clock.clone(), Arc::new(fresh_ids())).await;
        let database = must("open the database", opened);
        self.inner.opened.lock().push(database.clone());
        database
    }

    /// Limits that suit a test: short where one waits for them.
    #[must_use]
    pub fn settings() -> Settings {
        Settings { pool_size: 8, lease: Duration::from_secs(30), ..Settings::default() }
    }

    /// Makes it, with its tables.
    pub(crate) async fn create(&self) {
        #[cfg(feature = "postgres")]
        if let Place::Server(database) = &self.inner.place {
            must("create the test's database", database.create().await);
        }
        let database = self.open().await;
        must("migrate", database.migrate_up("contract", schema::MIGRATIONS).await);
    }

    /// Closes every handle.
    pub(crate) async fn close(&self) {
        let opened = std::mem::take(&mut *self.inner.opened.lock());
        for database in opened {
            // A test that failed may have left a commit that never ends.
            let _ = tokio::time::timeout(Duration::from_secs(5), database.close()).await;
        }
    }
}

#[cfg(feature = "postgres")]
impl TestDatabase {
    /// A connection of the driver's own, for what no service would do.
    ///
    /// # Panics
    /// When the database is not on a server, or cannot be reached.
    #[expect(clippy::panic, reason = "an assertion")]
    pub async fn raw(&self) -> tokio_postgres::Client {
        let Place::Server(database) = &self.inner.place else {
            panic!("SQLite has no server to connect to");
        };
        must("connect to PostgreSQL", database.connect().await)
    }

    /// Where the server listens, as `HOST:PORT`.
    ///
    /// # Panics
    /// When the URL names none.
    #[must_use]
    pub fn server_address(&self) -> String {
        let url = self.url();
        let authority = url.split('/').nth(2).unwrap_or_default();
        authority.rsplit('@').next().unwrap_or_default().to_owned()
    }

    /// The same database by another address.
    #[must_use]
    pub fn url_by(&self, address: std::net::SocketAddr) -> String {
        self.url().replace(&self.server_address(), &address.to_string())
    }
}

/// Whether this is the error of a row that was not as expected, of this table.
pub(crate) fn is_stale(result: &Result<(), Error>, of: &str) -> bool {
    matches!(result, Err(Error::Stale { table }) if table == of)
}
