//! Databases that live for one test.

#[cfg(feature = "postgres")]
use crate::server;
use crate::store_contract::schema;
use crate::{ManualClock, RandomIds};
use cloudlab_core::store::Error;
use cloudlab_core::{Ids, Uuid};
use cloudlab_sql::{Database, Settings};
use parking_lot::Mutex;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
    Server {
        url: String,
        name: String,
    },
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
        let server = crate::database::environment("TEST_POSTGRES_URL")?;
        let name = format!("cloudlab_test_{}", fresh_ids().next().simple());
        let (base, _) = server.rsplit_once('/')?;
        let url = format!("{base}/{name}");
        Some(Self::at(Place::Server { url, name }))
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
            Place::Server { url, .. } => url.clone(),
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
        if let Place::Server { name, .. } = &self.inner.place {
            must("create the test's database", self.on_server(&format!("CREATE DATABASE {name}")).await);
        }
        let database = self.open().await;
        must("migrate", database.migrate_up("contract", schema::MIGRATIONS).await);
    }

    /// Closes every handle and removes it.
    pub(crate) async fn destroy(&self) {
        let opened = std::mem::take(&mut *self.inner.opened.lock());
        for database in opened {
            // A test that failed may have left a commit that never ends.
            let _ = tokio::time::timeout(Duration::from_secs(5), database.close()).await;
        }
        #[cfg(feature = "postgres")]
        if let Place::Server { name, .. } = &self.inner.place {
            let prepared = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()";
            if let Ok(rows) = self.raw().await.query(prepared, &[]).await {
                for row in rows {
                    let gid: String = row.get(0);
                    let _ = self.raw().await.batch_execute(&format!("ROLLBACK PREPARED '{gid}'")).await;
                }
            }
            must("drop the test's database", server::drop_database(&server_url(), name).await);
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
        let Place::Server { url, .. } = &self.inner.place else {
            panic!("SQLite has no server to connect to");
        };
        server::connect(url).await
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

    async fn on_server(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        server::connect(&server_url()).await.batch_execute(sql).await
    }
}

#[cfg(feature = "postgres")]
fn server_url() -> String {
    environment("TEST_POSTGRES_URL").unwrap_or_default()
}

#[cfg(feature = "postgres")]
#[expect(clippy::disallowed_methods, reason = "where test servers are, which no configuration file says")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Identities that no other handle has, in this process or another.
fn fresh_ids() -> RandomIds {
    static HANDLES: AtomicU64 = AtomicU64::new(0);
    let handle = HANDLES.fetch_add(1, Ordering::Relaxed);
    let process = u64::from(std::process::id()) << 32;
    let hasher = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), process);
    RandomIds::new(hasher ^ process ^ handle)
}

/// An identity for a test that names rows.
pub(crate) fn fresh_uuid() -> Uuid {
    fresh_ids().next()
}

/// Whether this is the error of a row that was not as expected, of this table.
pub(crate) fn is_stale(result: &Result<(), Error>, of: &str) -> bool {
    matches!(result, Err(Error::Stale { table }) if table == of)
}
