//! What is said about a finding: what is wrong, what stands under the mark, why it matters, what to do.

use super::finding::Rule;
use super::judge::{Cause, Verdict};
use super::layer::Layer;
use super::tables::{Kind, Source};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub rule: Rule,
    pub message: String,
    pub label: String,
    pub why: String,
    pub help: String,
}

impl Words {
    /// The rule's own reason and advice.
    pub fn new(rule: Rule, message: impl Into<String>, label: impl Into<String>) -> Self {
        let (message, label) = (message.into(), label.into());
        Self { rule, message, label, why: rule.why().into(), help: rule.help().into() }
    }

    pub fn why(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }
}

/// The words for a path. `resolved` is what it stands for, where that is not what is written.
pub fn of(layer: Layer, verdict: &Verdict, resolved: Option<String>, stem: &str) -> Words {
    let words = match &verdict.cause {
        Cause::Layer(named) => other_layer(layer, *named),
        Cause::Wiring => wiring(layer),
        Cause::Technology(kind) => technology(layer, *kind, verdict.rule, stem),
        Cause::Crate(name) => Words::new(
            Rule::Domain,
            format!("the domain must not depend on `{name}`"),
            may_name(Layer::Domain),
        )
        .help("convert at the edge: the infrastructure and the interfaces may use any crate for that"),
        Cause::Impure(name) => {
            Words::new(Rule::Domain, format!("the domain does no I/O: `{name}`"), may_name(Layer::Domain))
                .help("take the value as an argument, or declare a trait that the infrastructure implements")
        }
        Cause::Effect(name) => Words::new(
            Rule::Layers,
            format!("a use case has no effect of its own: `{name}`"),
            "`application` reaches the outside through ports only",
        )
        .why("a use case may run twice, since a lost race is repeated: it has no effect besides its commit")
        .help("declare a trait in src/application/ports.rs and implement it in src/infrastructure"),
        Cause::Source(source) => drawn(*source),
        Cause::Resources => Words::new(
            Rule::Brokers,
            "the interfaces must not hold the resources of the service",
            "they hold the database and its connections",
        )
        .why("what a handler can reach, it will reach past its use case")
        .help("take what you need of them in src/lib.rs, and hand it in as an argument"),
        Cause::Include => include(),
        Cause::Writes => Words::new(
            Rule::Repositories,
            "what is written is said by a repository",
            "this names a table, which only `infrastructure` knows",
        )
        .help("let a method of the repository in src/domain return the `Write`"),
    };
    match resolved {
        Some(path) => Words { label: format!("this is `{path}`; {}", words.label), ..words },
        None => words,
    }
}

fn may_name(layer: Layer) -> &'static str {
    match layer {
        Layer::Domain => "`domain` may use std and cloudlab-core only",
        Layer::Application => "of this service `application` may use domain only",
        Layer::Infrastructure => "of this service `infrastructure` may use domain and application only",
        Layer::Interfaces => "of this service `interfaces` may use domain and application only",
        Layer::Root | Layer::Outside => "only the wiring is allowed here",
    }
}

fn a_layer(layer: Layer) -> String {
    match layer {
        Layer::Interfaces => "the interfaces".into(),
        Layer::Root | Layer::Outside => layer.folder().into(),
        _ => format!("the {}", layer.folder()),
    }
}

fn other_layer(layer: Layer, named: Layer) -> Words {
    let message = format!("{} must not know {}", a_layer(layer), a_layer(named));
    let words = Words::new(Rule::Layers, message, may_name(layer));
    match (layer, named) {
        (Layer::Infrastructure, _) => words.help("move what both need into the domain or the application"),
        (_, Layer::Infrastructure) => words
            .help("name the trait instead, as `Arc<dyn Trait>`: src/lib.rs alone chooses what implements it"),
        _ => words.help("give it as an argument, or move what both need into the inner layer"),
    }
}

fn wiring(layer: Layer) -> Words {
    let message = format!("{} must not know the wiring", a_layer(layer));
    Words::new(Rule::Layers, message, "this lies in src/lib.rs, which knows every layer")
        .why("lib.rs names the infrastructure, and whoever names lib.rs names that too")
        .help("declare it in the layer that needs it; src/lib.rs hands it in as an argument")
}

fn technology(layer: Layer, kind: Kind, rule: Rule, stem: &str) -> Words {
    let message = format!("{} must not know {}", a_layer(layer), of_kind(kind));
    let label = match (layer, rule) {
        (Layer::Domain, _) => may_name(layer),
        (_, Rule::Brokers) => "only `infrastructure` may use it",
        (Layer::Infrastructure, _) => "only `interfaces` may use it",
        (Layer::Application, _) => "`application` may use neither the chassis nor what carries requests",
        _ => "only `infrastructure` calls other services",
    };
    Words::new(rule, message, label).why(why_not(kind)).help(instead(layer, kind, stem))
}

const fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Database => "the database",
        Kind::Broker => "the broker",
        Kind::Cache => "the cache",
        Kind::Web => "the web framework",
        Kind::Http => "HTTP",
        Kind::Client => "how other services are called",
        Kind::Chassis => "the chassis",
    }
}

const fn why_not(kind: Kind) -> &'static str {
    match kind {
        Kind::Database => "business rules are tested without a server and outlive the storage",
        Kind::Broker => {
            "an event that is published beside the commit is lost or invented when the process dies in between"
        }
        Kind::Cache => "what is cached is a copy; a decision that rests on it is not in the commit",
        Kind::Web | Kind::Http => {
            "the same use case serves every kind of API, and is tested without a request"
        }
        Kind::Client => "other services fail in their own ways, and a port says which of them matter here",
        Kind::Chassis => "a use case is a function of its arguments, tested without a running service",
    }
}

fn instead(layer: Layer, kind: Kind, stem: &str) -> String {
    match (layer, kind) {
        (Layer::Root | Layer::Outside, _) => {
            "put an adapter into src/infrastructure; src/lib.rs names it and hands in what the chassis made"
                .into()
        }
        (Layer::Domain | Layer::Application, Kind::Database) => {
            let place = match stem {
                "mod" | "lib" | "values" | "events" | "repository" | "ports" | "queries" => String::new(),
                stem => format!("/{stem}{}.rs", if stem.ends_with('s') { "" } else { "s" }),
            };
            format!("keep the row type in src/infrastructure/persistence{place} and convert there")
        }
        (_, Kind::Database) => "call a use case, and keep SQL in src/infrastructure/persistence".into(),
        (Layer::Domain, Kind::Broker) => {
            "return the event; the use case publishes it with Commit::publish".into()
        }
        (_, Kind::Broker) => {
            "publish with Commit::publish; consume with Consumer, CloudEvent and HandleError".into()
        }
        (_, Kind::Cache) => "put the cache behind a trait of the application, in src/infrastructure".into(),
        (Layer::Infrastructure, _) => "routes and handlers lie in src/interfaces".into(),
        (_, Kind::Web | Kind::Http) => "translate in src/interfaces, and hand in values of the domain".into(),
        (_, Kind::Client) => {
            "declare a trait in src/application/ports.rs and implement it in src/infrastructure/clients"
                .into()
        }
        (_, Kind::Chassis) => "use the ports of cloudlab-core: Store, Clock, Ids, RequestContext".into(),
    }
}

fn drawn(source: Source) -> Words {
    let (message, help) = match source {
        Source::Clock => {
            ("the time comes from the clock port", "take `now: Timestamp`, or `&dyn Clock` and ask it once")
        }
        Source::Stopwatch => (
            "a decision measures no time; its deadline is in the context",
            "take `now: Timestamp`, or measure in the interfaces",
        ),
        Source::Sleep | Source::Heartbeat => (
            "nothing waits for the time to pass outside the infrastructure",
            "answer that it must be tried again, or schedule it with an event",
        ),
        Source::Random => ("randomness comes from a port", "take identities from `cloudlab_core::Ids`"),
    };
    Words::new(Rule::Clocks, message, "a test cannot set this").help(help)
}

fn include() -> Words {
    Words::new(Rule::Root, "code must not be included", "what it brings in belongs to no module")
        .why("the check follows modules, so that every line has a layer")
        .help("make it a module; a text is embedded with include_str!")
}
