//! The limits and rules of an edge.

use std::time::Duration;

/// The limits and rules of an edge.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a request may take; then the caller gets a 504 and the handler is dropped.
    pub request_timeout: Duration,
    /// How many requests may run at once; more are refused with a 503, health checks never.
    pub max_in_flight: usize,
    /// The longest body that is read, in bytes.
    pub max_body_bytes: usize,
    /// Whether each request is logged at level info instead of debug.
    pub access_log: bool,
    /// Where the tenant of a request comes from.
    pub tenancy: Tenancy,
}

/// Where the tenant of a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenancy {
    /// From the header `x-tenant-id`; without it, the development tenant.
    Development,
    /// From the header `x-tenant-id`; without it, 401.
    Required,
    /// There is none: the address is for operators. Handlers get no [`Context`](super::Context).
    Absent,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(10),
            max_in_flight: 1_024,
            max_body_bytes: 1 << 20,
            access_log: false,
            tenancy: Tenancy::Required,
        }
    }
}
