//! What happens when nobody takes the lines.
#![allow(clippy::unwrap_used)]

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudlab_telemetry::{Options, Output, Telemetry};

/// An output that reports each write and then waits until it may go on; when `go` is closed it always may.
struct Gate {
    entered: Sender<usize>,
    go: Receiver<()>,
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        let _ = self.entered.send(lines);
        let _ = self.go.recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn dropped(telemetry: &Telemetry) -> usize {
    let metrics = telemetry.render_metrics();
    let line = metrics.lines().find(|line| line.starts_with("cloudlab_log_lines_dropped_total ")).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_stalled_output_costs_lines_and_no_waiting() {
    let (entered, writes) = channel();
    let (go, wait) = channel();
    let output = Output::Writer(Arc::new(Mutex::new(Gate { entered, go: wait })));
    let options = Options { output, queue_bytes: 4096, ..Options::default() };
    let telemetry = Telemetry::start(&options).unwrap();
    assert_eq!(dropped(&telemetry), 0, "the counter is there before it is needed");
    tracing::info!("first");
    let first = writes.recv().unwrap();
    (0..1000).for_each(|count| tracing::info!(count, "more"));
    let lost = dropped(&telemetry);
    assert!((900..1000).contains(&lost), "{lost} lines were dropped");
    assert!(!telemetry.flush(Duration::from_millis(10)), "a flush has a bound");
    drop(go);
    let guard = telemetry.flush_on_drop(Duration::from_secs(10));
    assert!(guard.flush());
    drop(guard);
    let written: usize = first + writes.try_iter().sum::<usize>();
    assert_eq!(written + dropped(&telemetry), 1001, "each line is either written or counted");
}
