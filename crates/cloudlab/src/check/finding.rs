//! What the check reports: the rule, the place, and four texts that say what is wrong and what to do.

use std::path::PathBuf;

/// What a finding breaks. The order is the order in which reports list the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    Layers,
    Domain,
    Repositories,
    Brokers,
    Clocks,
    Root,
    /// Not a rule of the architecture: what cannot be read as Rust cannot be judged, so it is no clean result either.
    Parse,
}

impl Rule {
    /// The rules of the architecture.
    pub const ALL: [Self; 6] =
        [Self::Layers, Self::Domain, Self::Repositories, Self::Brokers, Self::Clocks, Self::Root];

    /// The name in brackets, which is also the anchor in the reference.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Layers => "layers",
            Self::Domain => "domain",
            Self::Repositories => "repositories",
            Self::Brokers => "brokers",
            Self::Clocks => "clocks",
            Self::Root => "root",
            Self::Parse => "parse",
        }
    }

    /// The rule as one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Layers => "A layer names only the layers inside it, and no technology of an outer one.",
            Self::Domain => "The domain uses std, core, alloc and cloudlab-core only, and does no I/O.",
            Self::Repositories => {
                "Repositories are declared in the domain and implemented in the infrastructure."
            }
            Self::Brokers => "Databases and brokers are reached from the infrastructure only.",
            Self::Clocks => "Time and randomness come from ports.",
            Self::Root => "lib.rs wires the layers and holds nothing else; main.rs only calls run.",
            Self::Parse => "Every file can be read as Rust.",
        }
    }

    /// Why there is this rule.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Layers => {
                "what depends on the inside only can be tested alone and outlives what is around it"
            }
            Self::Domain => "business rules are tested without a server and outlive the storage",
            Self::Repositories => "use cases are tested and changed without the storage behind the trait",
            Self::Brokers => {
                "an event leaves through the journal, in the commit that caused it, or it can be lost"
            }
            Self::Clocks => {
                "a test sets the time and repeats the identities, and so does a use case that runs again"
            }
            Self::Root => "what lies in the root can be named by every layer, around all other rules",
            Self::Parse => "what cannot be read cannot be checked",
        }
    }

    /// What to do about a finding of this rule, where nothing more exact is known.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Layers => {
                "declare a trait in the inner layer, implement it outside, and hand it in from src/lib.rs"
            }
            Self::Domain => "convert at the edge, in the infrastructure or the interfaces",
            Self::Repositories => {
                "declare the trait in src/domain and implement it in src/infrastructure/persistence"
            }
            Self::Brokers => "publish with Commit::publish; put adapters into src/infrastructure",
            Self::Clocks => "take cloudlab_core::Clock or cloudlab_core::Ids as an argument",
            Self::Root => "move it into the layer that it belongs to",
            Self::Parse => "cargo check says more",
        }
    }
}

/// A place that breaks a rule. Lines and columns count from 1, columns in characters; `end_column` is the first
/// column behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: Rule,
    /// As the folder was given, with the path inside it.
    pub file: PathBuf,
    pub line: usize,
    pub column: usize,
    pub end_column: usize,
    /// The line as it stands in the file, without its end.
    pub source: String,
    /// What is wrong.
    pub message: String,
    /// What stands under the marked text.
    pub label: String,
    pub why: String,
    pub help: String,
}

impl Finding {
    /// The marked text.
    pub fn code(&self) -> String {
        let length = self.end_column.saturating_sub(self.column);
        self.source.chars().skip(self.column.saturating_sub(1)).take(length).collect()
    }
}
