//! An output that fails costs the lines it refused and not those after.
#![allow(clippy::unwrap_used)]

use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudlab_telemetry::{Options, Output, Telemetry};

/// Refuses in turn by every kind of error, takes seven bytes at a time, and fails for good while `broken`.
struct Rough {
    broken: Arc<Mutex<bool>>,
    turn: usize,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Write for Rough {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if *self.broken.lock().unwrap() {
            return Err(ErrorKind::BrokenPipe.into());
        }
        self.turn += 1;
        match self.turn % 3 {
            0 => Err(ErrorKind::Interrupted.into()),
            1 => Err(ErrorKind::WouldBlock.into()),
            _ => self.taken.lock().unwrap().write(&bytes[..bytes.len().min(7)]),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn lines_that_an_output_refuses_are_counted_and_later_ones_are_written() {
    let (broken, taken) = (Arc::new(Mutex::new(true)), Arc::new(Mutex::new(Vec::new())));
    let rough = Rough { broken: Arc::clone(&broken), turn: 0, taken: Arc::clone(&taken) };
    let output = Output::Writer(Arc::new(Mutex::new(rough)));
    let telemetry = Telemetry::start(&Options { output, ..Options::default() }).unwrap();
    tracing::info!("lost");
    assert!(telemetry.flush(Duration::from_secs(10)));
    assert!(telemetry.render_metrics().contains("\ncloudlab_log_lines_dropped_total 1\n"));
    *broken.lock().unwrap() = false;
    tracing::info!("kept");
    assert!(telemetry.flush(Duration::from_secs(10)));
    let text = String::from_utf8(taken.lock().unwrap().clone()).unwrap();
    assert!(text.ends_with("\"message\":\"kept\"}\n") && text.lines().count() == 1, "{text}");
}
