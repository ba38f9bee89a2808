//! The aggregate: a number that only grows.

use cloudlab_core::{Id, Uuid, event};

event! {
    /// A probe went one up.
    pub struct ProbeStepped("probe", "stepped") {
        /// The value after it; the position in the stream, too, if nothing is lost.
        pub value: i64,
        /// The request that asked, in the words of whoever sent it: the same for all events of one commit.
        pub mark: Uuid,
    }
}

/// A probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    pub id: Id<Probe>,
    /// How many events it has published.
    pub value: i64,
    /// How many commits have changed it; zero before it is stored.
    pub version: i64,
}

impl Probe {
    /// One that nobody has stepped.
    pub const fn new(id: Id<Self>) -> Self {
        Self { id, value: 0, version: 0 }
    }

    /// Goes up, one event at a time.
    pub fn step(&mut self, events: i64, mark: Uuid) -> Vec<ProbeStepped> {
        self.version += 1;
        let from = self.value;
        self.value += events;
        (from + 1..=self.value).map(|value| ProbeStepped { id: self.id.uuid(), value, mark }).collect()
    }
}
