//! The PostgreSQL server on which tests make their databases.

use crate::must;
use std::time::Duration;
use tokio::time::Instant;
use tokio_postgres::{Client, Error, NoTls};

/// How long a database may take to be dropped.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection of the driver's own.
pub(crate) async fn connect(url: &str) -> Client {
    must("connect to PostgreSQL", try_connect(url).await)
}

/// Drops a database with whoever is in it. The server's own upkeep may be inside, and only a superuser could end it, so
/// this may take a few tries.
pub(crate) async fn drop_database(server: &str, name: &str) -> Result<(), Error> {
    let sql = format!("DROP DATABASE {name} WITH (FORCE)");
    let until = Instant::now() + PATIENCE;
    loop {
        let outcome = match try_connect(server).await {
            Ok(client) => client.batch_execute(&sql).await,
            Err(error) => Err(error),
        };
        if outcome.is_ok() || Instant::now() > until {
            return outcome;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn try_connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
