//! Databases on a server, each for one test.

use crate::fresh_uuid;
use crate::output::say;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::Instant;
use tokio_postgres::{Client, Error, NoTls};

/// How long a database may take to be dropped.
const PATIENCE: Duration = Duration::from_secs(30);

/// A database of its own on a server. It is dropped with this value, whoever is in it, also when a test panics.
#[derive(Debug)]
pub struct ServerDatabase {
    server: String,
    name: String,
    was_created: AtomicBool,
}

impl ServerDatabase {
    /// Chooses a name that no other has; the database is made by [`create`](Self::create).
    #[must_use]
    pub fn new(server: &str, prefix: &str) -> Self {
        let name = format!("{prefix}_{}", fresh_uuid().simple());
        Self { server: server.to_owned(), name, was_created: AtomicBool::new(false) }
    }

    /// The same on the server that `TEST_POSTGRES_URL` names, if it names one.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "where test servers are, which no configuration file says")]
    pub fn from_environment(prefix: &str) -> Option<Self> {
        let server = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())?;
        Some(Self::new(&server, prefix))
    }

    /// Its URL: that of the server with another path.
    #[must_use]
    pub fn url(&self) -> String {
        let (base, query) = match self.server.split_once('?') {
            Some((base, query)) => (base, format!("?{query}")),
            None => (self.server.as_str(), String::new()),
        };
        let authority = base.find("://").map_or(0, |at| at + 3);
        let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
        format!("{}/{}{query}", &base[..end], self.name)
    }

    /// Makes it.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn create(&self) -> Result<(), Error> {
        connect(&self.server).await?.batch_execute(&format!("CREATE DATABASE {}", self.name)).await?;
        self.was_created.store(true, Relaxed);
        Ok(())
    }

    /// A connection of the driver's own, for what no service would do.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn connect(&self) -> Result<Client, Error> {
        connect(&self.url()).await
    }

    /// The server's own upkeep may be inside, and only a superuser could end it, so this may take a few tries.
    async fn remove(&self) -> Result<(), Error> {
        self.roll_back_prepared().await;
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let until = Instant::now() + PATIENCE;
        loop {
            let outcome = connect(&self.server).await?.batch_execute(&sql).await;
            if outcome.is_ok() || Instant::now() > until {
                return outcome;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// A prepared transaction that a failed test left keeps its database alive.
    async fn roll_back_prepared(&self) {
        let prepared = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()";
        let Ok(client) = self.connect().await else { return };
        for row in client.query(prepared, &[]).await.unwrap_or_default() {
            let _ = client.batch_execute(&format!("ROLLBACK PREPARED '{}'", row.get::<_, String>(0))).await;
        }
    }
}

impl Drop for ServerDatabase {
    fn drop(&mut self) {
        if !self.was_created.load(Relaxed) {
            return;
        }
        // A thread of its own, since this one may belong to a runtime.
        let removed = std::thread::scope(|scope| {
            let removal = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(self.remove()).map_err(std::io::Error::other)
            });
            removal.join()
        });
        // A database that stays is no failure of the test.
        if !matches!(removed, Ok(Ok(()))) {
            say(&format!("the test's database {} stays: {removed:?}", self.name));
        }
    }
}

async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
