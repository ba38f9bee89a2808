//! Metrics as Prometheus reads them, and the start for a whole process.
#![allow(clippy::unwrap_used)]

mod capture;

use cloudlab_telemetry::{Error, Format, Options, Telemetry};

#[test]
fn counters_gauges_and_histograms_are_rendered() {
    let telemetry = capture::start(Format::Json);
    metrics::describe_counter!("orders_total", "Orders.");
    metrics::counter!("orders_total", "kind" => "new").increment(2);
    metrics::gauge!("lag").set(1.5);
    metrics::histogram!("http_seconds").record(0.0003);
    metrics::histogram!("http_seconds").record(20.0);
    metrics::histogram!("batch_rows").record(7.0);
    metrics::histogram!("body_bytes").record(2000.0);
    let text = telemetry.render_metrics();
    for line in [
        "# HELP orders_total Orders.",
        "orders_total{kind=\"new\"} 2",
        "lag 1.5",
        "http_seconds_bucket{le=\"0.0001\"} 0",
        "http_seconds_bucket{le=\"0.0005\"} 1",
        "http_seconds_bucket{le=\"10\"} 1",
        "http_seconds_bucket{le=\"+Inf\"} 2",
        "http_seconds_count 2",
        "batch_rows_bucket{le=\"10\"} 1",
        "body_bytes_bucket{le=\"4096\"} 1",
        "cloudlab_log_lines_dropped_total 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
}

#[test]
fn a_second_start_returns_the_running_telemetry() {
    let first = capture::start(Format::Json);
    let second = Telemetry::start(&Options::default()).unwrap();
    metrics::counter!("shared_total").increment(1);
    assert!(second.render_metrics().contains("\nshared_total 1\n"));
    second.set_level("debug,x=trace").unwrap();
    assert_eq!(first.level(), "debug,x=trace");
    let wrong = Options { level: "loud".to_owned(), ..Options::default() };
    assert!(matches!(Telemetry::start(&wrong), Err(Error::Level { .. })));
}
