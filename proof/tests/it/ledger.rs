//! What was asked, and what was answered.

use cloudlab_core::Uuid;
use std::collections::HashMap;
use std::sync::Mutex;

/// A step as a client means it.
#[derive(Clone, Debug)]
pub struct Intent {
    /// What its events carry; also its idempotency key, when it has one.
    pub mark: Uuid,
    pub probe: Uuid,
    /// A second probe in the same commit.
    pub with: Option<Uuid>,
    /// Events on each of them.
    pub events: i64,
    pub keyed: bool,
    pub refuse: Option<&'static str>,
    pub pause_ms: u64,
}

/// What the client knows in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was told that it happened, and this value.
    Acknowledged { value: i64 },
    /// It was told that nothing happened.
    Refused,
    /// It was told nothing, or that nobody knows.
    Unknown,
    /// It was told nothing, but its commit had reached the database: from there on nobody may cut it.
    Begun,
}

/// All intents with their outcomes.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<HashMap<Uuid, (Intent, Outcome)>>);

impl Intent {
    pub fn new(mark: Uuid, probe: Uuid) -> Self {
        Self { mark, probe, with: None, events: 1, keyed: true, refuse: None, pause_ms: 0 }
    }

    /// The request as it travels.
    pub fn request(&self) -> Vec<u8> {
        let mut body =
            serde_json::json!({ "mark": self.mark, "events": self.events, "pause_ms": self.pause_ms });
        if let Some(with) = self.with {
            body["with"] = serde_json::json!(with);
        }
        if let Some(refuse) = self.refuse {
            body["refuse"] = refuse.into();
        }
        let key = self.keyed.then(|| self.mark.to_string());
        crate::http::post(&format!("/v1/probes/{}/steps", self.probe), key.as_deref(), &body.to_string())
    }

    /// The streams that it is about.
    pub fn streams(&self) -> impl Iterator<Item = Uuid> {
        std::iter::once(self.probe).chain(self.with)
    }
}

impl Ledger {
    /// Notes that something will be asked; until more is known its outcome is unknown.
    pub fn intend(&self, intent: &Intent) {
        self.0.lock().unwrap().insert(intent.mark, (intent.clone(), Outcome::Unknown));
    }

    /// Notes what became of it.
    pub fn note(&self, mark: Uuid, outcome: Outcome) {
        self.0.lock().unwrap().get_mut(&mark).expect("an intent comes first").1 = outcome;
    }

    pub fn entries(&self) -> HashMap<Uuid, (Intent, Outcome)> {
        self.0.lock().unwrap().clone()
    }

    pub fn count(&self, of: impl Fn(&Outcome) -> bool) -> usize {
        self.0.lock().unwrap().values().filter(|(_, outcome)| of(outcome)).count()
    }

    pub fn acknowledged(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Acknowledged { .. }))
    }
}
