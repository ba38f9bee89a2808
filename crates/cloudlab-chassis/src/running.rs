//! A service that runs, and the order in which it stops.

use crate::readiness::Readiness;
use crate::settings::Http;
use axum::Router;
use cloudlab_http::Server;
use cloudlab_sql::Database;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) struct Running {
    pub readiness: Arc<Readiness>,
    pub database: Database,
    pub public: Listener,
    pub operators: Listener,
    pub workers: TaskTracker,
    pub stop_working: CancellationToken,
}

/// An address that is being served.
pub(crate) struct Listener {
    stop: CancellationToken,
    served: JoinHandle<usize>,
}

impl Listener {
    pub fn spawn(server: Server, router: Router) -> Self {
        let stop = CancellationToken::new();
        let served = tokio::spawn(server.serve(router, stop.clone().cancelled_owned()));
        Self { stop, served }
    }

    /// Takes no more requests and finishes those in flight; false when some were still running.
    async fn close(self, until: Instant) -> bool {
        self.stop.cancel();
        timeout_at(until, self.served).await.is_ok()
    }
}

impl Running {
    /// Readiness off; the API closed, after the time that whoever sends requests needs to hear of it; consumers and
    /// readers finished; the operators' address closed, which says until then how it goes; the database closed. In
    /// that order, since each needs the next, and all within the delay and the drain limit.
    pub async fn stop(self, http: &Http) {
        let delay = Duration::from_secs(http.stop_delay_seconds);
        let until = Instant::now() + delay + Duration::from_secs(http.drain_seconds);
        self.readiness.stop();
        sleep(delay).await;
        if !self.public.close(until).await {
            tracing::warn!("requests were still running when the drain limit passed");
        }
        self.stop_working.cancel();
        self.workers.close();
        if timeout_at(until, self.workers.wait()).await.is_err() {
            tracing::warn!(
                "consumers were still working when the drain limit passed; their events come again"
            );
        }
        if !self.operators.close(until).await {
            tracing::debug!("operators were still asking when the drain limit passed");
        }
        if timeout_at(until, self.database.close()).await.is_err() {
            tracing::warn!("commits were still under way when the drain limit passed");
        }
    }
}
