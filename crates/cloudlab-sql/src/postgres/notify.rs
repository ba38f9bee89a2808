//! LISTEN/NOTIFY on a connection of its own: commits of this process wake the readers of others, and the reverse.
//!
//! A `NOTIFY` inside a business transaction would serialise all commits of the instance, so it is sent after them,
//! by this one connection, and not more often than every few milliseconds. A notification can be lost without a
//! sign (a silent cut, a proxy), so the connection rings itself now and then; while the ring does not come back
//! readers know that they must poll at their own interval.

use crate::Wakeup;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};
use tokio_util::sync::CancellationToken;

const CHANNEL: &str = "cloudlab_journal";
/// The pause after a notification. Each wakes every listener of the database, so under load they become rarer: the
/// pause doubles while it gathers many commits.
const GATHER: Duration = Duration::from_millis(5);
const MOST_GATHER: Duration = Duration::from_millis(80);
const MANY: u64 = 16;
/// How often the connection rings itself, and how long it waits to hear it.
const PROBE_EVERY: Duration = Duration::from_secs(2);
const PROBE_PATIENCE: Duration = Duration::from_secs(1);
/// How long it may take to connect, and how long to begin to listen.
const SET_UP: Duration = Duration::from_secs(3);
/// The longest pause between two tries to connect.
const MOST_PAUSE: Duration = Duration::from_secs(5);

/// Listens and notifies until it is stopped; a lost connection is opened again.
pub(super) async fn run(
    config: Config,
    wakeup: Arc<Wakeup>,
    poll_interval: Duration,
    stop: CancellationToken,
) {
    let mut pause = poll_interval;
    while !stop.is_cancelled() {
        let session = tokio::select! {
            session = session(&config, &wakeup) => session,
            () = stop.cancelled() => return,
        };
        let was_notified = wakeup.is_notified();
        wakeup.set_notified(false);
        if let Err(error) = session
            && was_notified
        {
            tracing::warn!(%error, "notifications are lost; readers poll until they are back");
        }
        pause = if was_notified { poll_interval } else { (pause * 2).min(MOST_PAUSE) };
        sleep(pause).await;
    }
}

/// Why notifications do not arrive any more.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Driver(#[from] tokio_postgres::Error),
    #[error("the server did not answer in time")]
    Silent(#[from] tokio::time::error::Elapsed),
    #[error("the connection rang and did not hear itself")]
    Unheard,
}

async fn session(config: &Config, wakeup: &Wakeup) -> Result<Infallible, Lost> {
    let (client, mut connection) = timeout(SET_UP, config.connect(NoTls)).await??;
    let (heard, mut hears) = unbounded_channel();
    let driver = tokio::spawn(async move {
        let mut messages = futures_util::stream::poll_fn(|context| connection.poll_message(context));
        while let Some(Ok(message)) = futures_util::StreamExt::next(&mut messages).await {
            if let AsyncMessage::Notification(notification) = message {
                let _ = heard.send(notification.process_id());
            }
        }
    });
    let driver = AbortOnDrop(driver);
    let listen = async {
        let own = client.query_one("SELECT pg_backend_pid()", &[]).await?.get::<_, i32>(0);
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await.map(|()| own)
    };
    let own: Result<i32, tokio_postgres::Error> = timeout(SET_UP, listen).await?;
    let outcome = converse(&client, own?, &mut hears, wakeup).await;
    drop(driver);
    outcome
}

/// Notifies and listens; ends when a ring of its own is not heard.
async fn converse(
    client: &Client,
    own: i32,
    hears: &mut UnboundedReceiver<i32>,
    wakeup: &Wakeup,
) -> Result<Infallible, Lost> {
    let mut probe_at = Instant::now();
    let (mut told, mut gather, mut next_at) = (wakeup.commits(), GATHER, Instant::now());
    loop {
        tokio::select! {
            () = due(wakeup, next_at) => {
                let commits = wakeup.commits();
                gather = if commits - told >= MANY { (gather * 2).min(MOST_GATHER) } else { GATHER };
                (told, next_at) = (commits, Instant::now() + gather);
                let notify = format!("NOTIFY {CHANNEL}");
                // Without a bound a network that swallows everything would keep this waiting, and unnoticed.
                timeout(PROBE_PATIENCE, client.batch_execute(&notify)).await??;
            }
            () = sleep_until(probe_at) => {
                hear(client, own, hears, wakeup).await?;
                wakeup.set_notified(true);
                probe_at = Instant::now() + PROBE_EVERY;
            }
            heard = hears.recv() => match heard {
                Some(process) if process != own => wakeup.rung(),
                Some(_) => {}
                None => return Err(Lost::Unheard),
            },
        }
    }
}

/// The next commit, but not before the pause after the last notification is over: whatever is committed in the pause
/// is covered by the one that follows it.
async fn due(wakeup: &Wakeup, next_at: Instant) {
    sleep_until(next_at).await;
    wakeup.next_commit().await;
}

/// Rings itself and listens for it; what others ring meanwhile wakes the readers all the same.
async fn hear(
    client: &Client,
    own: i32,
    hears: &mut UnboundedReceiver<i32>,
    wakeup: &Wakeup,
) -> Result<(), Lost> {
    let ring = async {
        client.batch_execute(&format!("NOTIFY {CHANNEL}")).await?;
        while let Some(process) = hears.recv().await {
            if process == own {
                return Ok(());
            }
            wakeup.rung();
        }
        Err(Lost::Unheard)
    };
    timeout(PROBE_PATIENCE, ring).await.unwrap_or(Err(Lost::Unheard))
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
