//! A database for one scenario.

use crate::rows::{self, Rows};
use cloudlab_testing::ServerDatabase;
use std::time::Duration;
use tokio_postgres::Client;

/// A database that no other test uses.
pub enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(ServerDatabase),
}

impl Place {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// A new database on the server that the URL names.
    pub async fn postgres(server: &str) -> Self {
        let database = ServerDatabase::new(server, "proof");
        database.create().await.expect("PostgreSQL makes a database");
        Self::Postgres(database)
    }

    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// What the service is configured with.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("proof.db").display()),
            Self::Postgres(database) => database.url(),
        }
    }

    /// The same, for a process whose sessions the server shall know by this name.
    pub fn url_of(&self, process: &str) -> String {
        match self {
            Self::Sqlite(_) => self.url(),
            Self::Postgres(_) => {
                let url = self.url();
                format!("{url}{}application_name={process}", if url.contains('?') { '&' } else { '?' })
            }
        }
    }

    /// Product and version, as the server says itself.
    pub async fn version(&self) -> String {
        match self {
            Self::Sqlite(_) => format!("SQLite {}", rusqlite::version()),
            Self::Postgres(_) => format!("PostgreSQL {}", self.setting("server_version").await),
        }
    }

    /// A connection past the service, for what no service does.
    pub async fn raw(&self) -> Client {
        let Self::Postgres(database) = self else { panic!("SQLite has no server to connect to") };
        database.connect().await.expect("PostgreSQL answers")
    }

    pub async fn setting(&self, name: &str) -> String {
        self.raw().await.query_one("SELECT current_setting($1)", &[&name]).await.unwrap().get(0)
    }

    /// All that the laws look at.
    pub async fn rows(&self) -> Rows {
        match self {
            Self::Sqlite(_) => rows::from_sqlite(&self.file()),
            Self::Postgres(_) => rows::from_postgres(&self.raw().await).await,
        }
    }

    /// How many events are committed and how many have had an effect; cheap enough to ask often.
    pub async fn progress(&self) -> (i64, i64) {
        let sql = "SELECT (SELECT count(*) FROM journal WHERE public), (SELECT count(*) FROM probe_log)";
        match self {
            Self::Sqlite(_) => self.file().query_row(sql, (), |row| Ok((row.get(0)?, row.get(1)?))).unwrap(),
            Self::Postgres(_) => {
                let row = self.raw().await.query_one(sql, &[]).await.unwrap();
                (row.get(0), row.get(1))
            }
        }
    }

    /// The time between the earliest and the latest event, by the clocks of those who recorded them.
    pub async fn seconds_between_events(&self) -> i64 {
        match self {
            Self::Sqlite(_) => {
                let sql = "SELECT (max(at) - min(at)) / 1000000 FROM journal";
                self.file().query_row(sql, (), |row| row.get(0)).unwrap()
            }
            Self::Postgres(_) => {
                let sql = "SELECT extract(epoch FROM max(at) - min(at))::bigint FROM journal";
                self.raw().await.query_one(sql, &[]).await.unwrap().get(0)
            }
        }
    }

    /// How many sessions of the service wait for a lock.
    pub async fn waiting_for_locks(&self) -> i64 {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()";
        self.raw().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    fn file(&self) -> rusqlite::Connection {
        let Self::Sqlite(folder) = self else { panic!("PostgreSQL has no file") };
        let connection = rusqlite::Connection::open(folder.path().join("proof.db")).unwrap();
        connection.busy_timeout(Duration::from_secs(5)).unwrap();
        connection
    }
}
