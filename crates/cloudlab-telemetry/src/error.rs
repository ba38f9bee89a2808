/// Why telemetry did not start or did not change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A level that cannot be understood. The levels in force stay.
    #[error(
        "the log level \"{level}\" is wrong: {reason}. Write one of off, error, warn, info, debug, trace, \
         or levels by target as in \"info,cloudlab_sql=debug\"."
    )]
    Level {
        /// The whole text that was given.
        level: String,
        /// Which part is wrong, and why.
        reason: String,
    },
    /// Another library was faster to claim what a process has once.
    #[error(
        "the {what} of this process belong to another library already. Start telemetry before it, or remove it."
    )]
    Occupied {
        /// `logs` or `metrics`.
        what: &'static str,
    },
    /// The operating system gave no thread.
    #[error("a thread of telemetry could not be started: {0}. Raise the limit of threads.")]
    Thread(#[source] std::io::Error),
    /// The recorder refused its buckets. A mistake in this crate.
    #[error("the recorder of metrics could not be built: {0}. Report this as a bug.")]
    Recorder(String),
}
