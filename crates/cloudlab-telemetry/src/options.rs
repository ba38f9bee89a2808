use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex};

/// What a log line looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line, for machines.
    #[default]
    Json,
    /// Compact text for a person at a terminal; the level is coloured there.
    Text,
}

/// Where log lines go.
#[derive(Clone, Default)]
pub enum Output {
    /// The standard output of the process.
    #[default]
    Stdout,
    /// Anything else. It is written to by one thread and may block.
    Writer(Arc<Mutex<dyn Write + Send>>),
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stdout => "Stdout",
            Self::Writer(_) => "Writer",
        })
    }
}

/// How telemetry starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// The first level, as for [`Telemetry::set_level`](crate::Telemetry::set_level).
    pub level: String,
    /// What a line looks like.
    pub format: Format,
    /// Where lines go.
    pub output: Output,
    /// How much may wait for the output before lines are dropped. As much again may be in the writer's hands.
    pub queue_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: Format::default(),
            output: Output::default(),
            queue_bytes: 8 << 20,
        }
    }
}
