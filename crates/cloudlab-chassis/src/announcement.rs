//! What a service says when it is up: a line of the log for operators, and hints for whoever sits at a terminal.

use crate::configuration;
use crate::service::Service;
use crate::settings::Settings;
use cloudlab_config::{Loaded, Profile};
use cloudlab_telemetry::{Format, Telemetry};
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Where a service listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub public: SocketAddr,
    pub admin: SocketAddr,
}

/// What will be said.
pub(crate) struct Announcement {
    name: &'static str,
    version: &'static str,
    profile: Profile,
    addresses: Addresses,
    started: Instant,
    /// None where machines read the output.
    hints: Option<Hints>,
}

struct Hints {
    data: String,
    first_request: Option<(&'static str, &'static str)>,
}

impl Announcement {
    pub fn new(service: &Service, loaded: &Loaded<Settings>, addresses: Addresses, started: Instant) -> Self {
        let hints = configuration::format(loaded) == Format::Text && loaded.profile == Profile::Development;
        let hints = hints.then(|| Hints {
            data: configuration::database_url(loaded, service.name),
            first_request: service.first_request,
        });
        Self {
            name: service.name,
            version: service.version,
            profile: loaded.profile,
            addresses,
            started,
            hints,
        }
    }

    pub fn make(&self, telemetry: &Telemetry) {
        let Addresses { public, admin } = self.addresses;
        let took_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (service, version, profile) = (self.name, self.version, self.profile.to_string());
        tracing::info!(service, version, profile, %public, %admin, took_ms, "serving");
        if self.profile == Profile::Development {
            tracing::warn!("development: a request without x-tenant-id belongs to the default tenant");
        }
        if let Some(hints) = &self.hints {
            // The log is written by a thread of its own; the hints come after what was logged before them.
            telemetry.flush(Duration::from_millis(200));
            // A service whose terminal is gone works all the same.
            let _ = writeln!(std::io::stdout(), "{}", hints.text(service, self.addresses, took_ms));
        }
    }
}

impl Hints {
    fn text(&self, service: &str, Addresses { public, admin }: Addresses, took_ms: u64) -> String {
        let mut text = format!("\n  {service} is up · http://{public} · {took_ms} ms\n");
        if let Some((path, body)) = self.first_request {
            let json = "-H 'content-type: application/json'";
            text.push_str(&format!("    try    curl http://{public}{path} {json} -d '{body}'\n"));
        }
        text.push_str(&format!("    see    http://{public}/docs   the API, to read and to try\n"));
        text.push_str(&format!("           http://{admin}        health, metrics, outbox, dead letters\n"));
        text.push_str(&format!("    data   {}\n    stop   Ctrl-C\n", self.data));
        text
    }
}
