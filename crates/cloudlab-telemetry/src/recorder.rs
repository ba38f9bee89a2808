use std::thread;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::error::Error;

/// From a tenth of a millisecond, below which a service does nothing, to ten seconds, after which the caller is gone.
const SECONDS: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

const BYTES: [f64; 9] =
    [64.0, 256.0, 1024.0, 4096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 16_777_216.0];

/// For all that is counted: batches, attempts, rows. Buckets, not quantiles, because quantiles of several replicas
/// cannot be added up.
const COUNTS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// Histograms keep every sample until someone collects them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Makes the recorder that the `metrics` macros of this process write to.
pub(crate) fn install() -> Result<PrometheusHandle, Error> {
    let recorder = builder().map_err(|error| Error::Recorder(error.to_string()))?.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|_| Error::Occupied { what: "metrics" })?;
    start_upkeep(handle.clone())?;
    Ok(handle)
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets(&COUNTS)?
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_bytes".to_owned()), &BYTES)
}

/// A thread of its own, because the one that writes logs may be stuck in a stalled output while samples pile up.
fn start_upkeep(handle: PrometheusHandle) -> Result<(), Error> {
    let thread = thread::Builder::new().name("cloudlab-metrics".to_owned());
    let upkeep = move || loop {
        thread::park_timeout(UPKEEP);
        handle.run_upkeep();
    };
    thread.spawn(upkeep).map(drop).map_err(Error::Thread)
}
