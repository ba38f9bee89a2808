use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::Counter;
use metrics_exporter_prometheus::PrometheusHandle;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::directives::{Directives, Filter};
use crate::error::Error;
use crate::lines::Lines;
use crate::options::{Format, Options, Output};
use crate::queue::Queue;
use crate::{recorder, writer};

const DROPPED: &str = "cloudlab_log_lines_dropped_total";

static RUNNING: Mutex<Option<Telemetry>> = Mutex::new(None);

/// A handle to the telemetry of this process. Clones are the same telemetry.
#[derive(Clone)]
pub struct Telemetry(Arc<Parts>);

struct Parts {
    filter: Filter,
    queue: Arc<Queue>,
    prometheus: PrometheusHandle,
    dropped: Counter,
}

impl Telemetry {
    /// Starts logs and metrics for the whole process. If they run already (several services in one process, tests), the
    /// running ones are returned and `options` change nothing, though a wrong level is still refused.
    ///
    /// # Errors
    /// A wrong level, or something that the process has once and another library took.
    pub fn start(options: &Options) -> Result<Self, Error> {
        let directives = options.level.parse()?;
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(telemetry) = &*running {
            return Ok(telemetry.clone());
        }
        let telemetry = launch(options, directives)?;
        *running = Some(telemetry.clone());
        Ok(telemetry)
    }

    /// Says whether [`set_level`](Self::set_level) would take this text, so that a configuration can be checked before
    /// anything of it is applied.
    ///
    /// # Errors
    /// [`Error::Level`] with the part that is wrong.
    pub fn check_level(level: &str) -> Result<(), Error> {
        level.parse::<Directives>().map(drop)
    }

    /// Changes what is logged from now on: a level (`info`), levels by the beginning of a target, or both
    /// (`info,cloudlab_sql=debug`). The longest beginning wins; without a level for all, it is `error`.
    ///
    /// Spans down to INFO stay alive under stricter levels, because they carry the fields that find a request.
    ///
    /// # Errors
    /// [`Error::Level`]; the level in force stays.
    pub fn set_level(&self, level: &str) -> Result<(), Error> {
        self.0.filter.replace(level.parse()?);
        Ok(())
    }

    /// The level in force, as it was given.
    pub fn level(&self) -> String {
        self.0.filter.read(|directives| directives.text().to_owned())
    }

    /// All metrics of the process in the text format of Prometheus.
    pub fn render_metrics(&self) -> String {
        self.0.dropped.absolute(self.0.queue.dropped());
        self.0.prometheus.render()
    }

    /// Waits until every line logged before is written, at most for `limit`; `false` if the output was slower. Lines
    /// that are not flushed when the process ends are lost.
    pub fn flush(&self, limit: Duration) -> bool {
        self.0.queue.flush(limit)
    }

    /// A guard that flushes when it is dropped. Keep it in `main`, also for the way out by an error.
    pub fn flush_on_drop(&self, limit: Duration) -> FlushGuard {
        FlushGuard { telemetry: self.clone(), limit }
    }
}

/// Flushes the log when dropped.
#[must_use = "the guard flushes when it is dropped, so it has to live as long as the process logs"]
pub struct FlushGuard {
    telemetry: Telemetry,
    limit: Duration,
}

impl FlushGuard {
    /// Flushes now; `false` if the output was slower than the limit of this guard.
    pub fn flush(&self) -> bool {
        self.telemetry.flush(self.limit)
    }
}

impl Drop for FlushGuard {
    fn drop(&mut self) {
        self.flush();
    }
}

fn launch(options: &Options, directives: Directives) -> Result<Telemetry, Error> {
    let queue = Arc::new(Queue::new(options.queue_bytes));
    let filter = Filter::new(directives);
    let coloured = matches!(options.output, Output::Stdout)
        && options.format == Format::Text
        && std::io::stdout().is_terminal();
    let lines = Lines { format: options.format, coloured, queue: Arc::clone(&queue) };
    let subscriber = Registry::default().with(filter.clone()).with(lines);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| Error::Occupied { what: "logs" })?;
    writer::start(Arc::clone(&queue), options.output.clone())?;
    let prometheus = recorder::install()?;
    metrics::describe_counter!(
        DROPPED,
        "Log lines that were lost because the output was too slow or failed."
    );
    let dropped = metrics::counter!(DROPPED);
    Ok(Telemetry(Arc::new(Parts { filter, queue, prometheus, dropped })))
}
