//! The layers of a service and who may name whom.

/// Where code lies. What is not in one of the four folders is the wiring (`lib.rs`), or has no layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    Domain,
    Application,
    Infrastructure,
    Interfaces,
    /// `lib.rs`.
    Root,
    /// `main.rs`, and modules that lie in no layer: the rule `root` speaks about those as a whole.
    Outside,
}

impl Layer {
    pub const FOLDERS: [Self; 4] = [Self::Domain, Self::Application, Self::Infrastructure, Self::Interfaces];

    pub const fn folder(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Application => "application",
            Self::Infrastructure => "infrastructure",
            Self::Interfaces => "interfaces",
            Self::Root => "lib.rs",
            Self::Outside => "main.rs",
        }
    }

    /// The layer that a module of `lib.rs` with this name is.
    pub fn named(name: &str) -> Option<Self> {
        Self::FOLDERS.into_iter().find(|layer| layer.folder() == name)
    }

    pub fn may_name(self, other: Self) -> bool {
        use Layer::{Application, Domain, Infrastructure, Interfaces, Outside, Root};
        match self {
            Domain => other == Domain,
            Application => matches!(other, Domain | Application),
            Infrastructure => matches!(other, Domain | Application | Infrastructure),
            Interfaces => matches!(other, Domain | Application | Interfaces),
            Root | Outside => true,
        }
    }
}
