//! Names that differ as much as names can, and those that must be refused.

/// A service to be made under a name that is hard in some way.
pub struct Named {
    pub service: &'static str,
    pub flags: &'static [&'static str],
}

/// A request that cannot be met, and the words that say why.
pub struct Refused {
    pub service: &'static str,
    pub why: &'static str,
}

const fn plain(service: &'static str) -> Named {
    Named { service, flags: &[] }
}

const fn with(service: &'static str, flags: &'static [&'static str]) -> Named {
    Named { service, flags }
}

/// Thirty, of which each has tripped a generator: words of SQL and of Rust, plurals, articles, lengths, digits, and the
/// placeholder itself.
pub const ACCEPTED: [Named; 30] = [
    plain("order-service"),
    with("group-service", &["--plural", "all-groups"]),
    plain("purchase-order-service"),
    plain("api-key-service"),
    with("address-service", &["--plural", "addresses"]),
    with("category-service", &["--plural", "categories"]),
    with("series-service", &["--plural", "all-series"]),
    with("box-service", &["--aggregate", "ShippingBox", "--plural", "shipping-boxes"]),
    with("event-service", &["--aggregate", "PublicEvent"]),
    with("status-service", &["--aggregate", "StatusReport"]),
    with("type-service", &["--aggregate", "AccountType"]),
    with("option-service", &["--aggregate", "StockOption"]),
    with("result-service", &["--aggregate", "TestResult"]),
    plain("p"),
    with("a-service-whose-name-is-as-long-as-a-name-can-be-which-is-64-let", &["--aggregate", "Parcel"]),
    plain("hour-service"),
    plain("user-service"),
    plain("level-2-service"),
    plain("x-ray-service"),
    plain("invoice-line-item-service"),
    with("person-service", &["--plural", "people"]),
    with("sheep-service", &["--plural", "all-sheep"]),
    with("bus-service", &["--plural", "buses"]),
    plain("gizmo-service"),
    plain("acme-order-service"),
    plain("web-hook-service"),
    plain("data-set"),
    plain("sql-query-service"),
    plain("json-document-service"),
    with("parcel", &["--plural", "parcels-that-have-a-plural-of-up-to-47-letters"]),
];

pub const REFUSED: [Refused; 8] = [
    Refused { service: "group-service", why: "the table `groups` would be named by a reserved word of SQL" },
    Refused {
        service: "box-service",
        why: "the aggregate `Box` would clash with a name that every Rust file sees",
    },
    Refused { service: "option-service", why: "the aggregate `Option` would clash" },
    Refused { service: "result-service", why: "the aggregate `Result` would clash" },
    Refused { service: "event-service", why: "the aggregate `Event` would clash with the chassis" },
    Refused {
        service: "status-service",
        why: "the aggregate `Status` would clash with the identifier `Status`",
    },
    Refused { service: "type-service", why: "the word `type`, which Rust or cargo keeps for itself" },
    Refused { service: "match-service", why: "the word `match`, which Rust or cargo keeps for itself" },
];
