use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::options::Output;
use crate::queue::Queue;

/// How long to wait for an output that is not ready and does not block (a pipe that someone made so).
const PAUSE: Duration = Duration::from_millis(1);

/// Starts the thread that writes the queue to the output, for as long as the process lives.
pub(crate) fn start(queue: Arc<Queue>, output: Output) -> Result<(), Error> {
    let thread = thread::Builder::new().name("cloudlab-log".to_owned());
    thread.spawn(move || run(&queue, &output)).map(drop).map_err(Error::Thread)
}

fn run(queue: &Queue, output: &Output) {
    let mut batch = Vec::new();
    loop {
        queue.take(&mut batch);
        let rest = write_to(output, &batch);
        queue.count_dropped(rest.iter().filter(|byte| **byte == b'\n').count() as u64);
        queue.finish(&mut batch);
    }
}

fn write_to<'b>(output: &Output, batch: &'b [u8]) -> &'b [u8] {
    match output {
        Output::Stdout => write(&mut io::stdout().lock(), batch),
        Output::Writer(writer) => write(&mut *writer.lock().unwrap_or_else(PoisonError::into_inner), batch),
    }
}

/// Writes what the output takes and returns what it refused. An output that fails is tried again with the next batch:
/// a full disk may be emptied.
fn write<'b>(output: &mut dyn Write, batch: &'b [u8]) -> &'b [u8] {
    let mut rest = batch;
    while !rest.is_empty() {
        match output.write(rest) {
            Ok(0) => return rest,
            Ok(taken) => rest = &rest[taken..],
            Err(error) => match error.kind() {
                ErrorKind::Interrupted => {}
                ErrorKind::WouldBlock => thread::park_timeout(PAUSE),
                _ => return rest,
            },
        }
    }
    let _ = output.flush();
    rest
}
