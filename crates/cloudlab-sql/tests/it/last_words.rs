//! A server whose log cannot be synced ends with a PANIC that has the code of the file system's error. Nobody knows then
//! whether the commit is in the log.

use cloudlab_core::store::Error;
use cloudlab_core::{Uuid, Write};
use cloudlab_testing::store_contract::session::{Session, account, identities, key};
use cloudlab_testing::{TestDatabase, must, on_postgres};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const FIELDS: &[u8] = b"SPANIC\0VPANIC\0C58030\0Mcould not fsync\0\0";

fn add(id: Uuid) -> Write {
    Write::add("account", key(id), "balance", 1, None)
}

/// What the client sees of the answer to a batch: all but the end, and the last words in its place.
fn with_last_words(mut answer: Vec<u8>) -> Vec<u8> {
    const READY: usize = 6;
    answer.truncate(answer.len() - READY);
    answer.push(b'E');
    let length = u32::try_from(FIELDS.len() + 4).unwrap_or(u32::MAX);
    answer.extend_from_slice(&length.to_be_bytes());
    answer.extend_from_slice(FIELDS);
    answer
}

async fn pass_on(client: TcpStream, server: String, dies: Arc<AtomicBool>) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from_server.read(&mut buffer).await?;
        if dies.load(Ordering::SeqCst) {
            return to_client.write_all(&with_last_words(buffer[..read].to_vec())).await;
        }
        to_client.write_all(&buffer[..read]).await?;
    }
}

async fn mortal(server: String) -> (SocketAddr, Arc<AtomicBool>) {
    let listener = must("a port", TcpListener::bind("127.0.0.1:0").await);
    let address = must("its address", listener.local_addr());
    let dies = Arc::new(AtomicBool::new(false));
    let switch = dies.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, server.clone(), dies.clone()));
        }
    });
    (address, switch)
}

#[test]
fn a_server_that_dies_after_the_commit_leaves_its_outcome_unknown() {
    on_postgres("last words of a server", |db| async move {
        let (address, dies) = mortal(db.server_address()).await;
        let settings = cloudlab_sql::Settings { pool_size: 1, notify: false, ..TestDatabase::settings() };
        let database = db.open_at(&db.url_by(address), settings).await;
        let session = Session { database, ..Session::new(db.clone()).await };
        let id = identities(1)[0];
        session.write([account(id, 0)]).await;
        session.write([add(id)]).await;
        dies.store(true, Ordering::SeqCst);
        let outcome = session.commit(session.empty().write(add(id))).await;
        assert!(matches!(outcome, Err(Error::Unknown(_))), "{outcome:?}");
        let sql = format!("SELECT balance FROM account WHERE id = '{id}'");
        let raw = db.raw().await;
        let balance: i64 = must("the balance", raw.query_one(&sql, &[]).await).get(0);
        assert_eq!(balance, 2, "it was written");
    });
}
