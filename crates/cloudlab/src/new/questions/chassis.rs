//! How a service refers to the chassis: a copy of its own, a checkout, a repository, or the registry.

use std::fmt::{self, Display};
use std::path::{Component, Path, PathBuf};

use crate::new::names::shortened;
use crate::new::template::checkout::Checkout;
use crate::new::template::manifest::Place;
use crate::new::template::vendor;
use crate::refusal::Refusal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chassis {
    /// In `vendor/cloudlab`: the service builds with nothing but the registry.
    Vendored,
    /// In a checkout; without a folder, the one that this command was built from.
    Path(Option<PathBuf>),
    /// In a repository that cargo clones.
    Git(String),
    /// By its version.
    Registry,
}

impl Chassis {
    /// Reads a mode as it is written after `--chassis`.
    pub fn parse(mode: &str) -> Result<Self, Refusal> {
        match mode.split_once('=') {
            None if mode == "vendored" => Ok(Self::Vendored),
            None if mode == "path" => Ok(Self::Path(None)),
            None if mode == "registry" => Ok(Self::Registry),
            Some(("path", folder)) if !folder.is_empty() => Ok(Self::Path(Some(folder.into()))),
            Some(("git", url)) if !url.is_empty() => git(url),
            // What stands behind a scheme may be a secret, whatever it is meant to be.
            _ => Err(Refusal::new(format!("`{}` is not a value of `--chassis <MODE>`", without_rest(mode)))
                .help("possible: vendored, path, path=DIR, git=URL, registry")),
        }
    }

    /// Where the manifest of a service at `target` finds the crates.
    pub fn place(&self, checkout: &Checkout, target: &Path) -> Result<Place, Refusal> {
        match self {
            Self::Vendored => Ok(Place::Folder(vendor::FOLDER.into())),
            Self::Path(None) => {
                let root = checkout.root().ok_or_else(|| {
                    Refusal::new("this command is installed, and no checkout is known for `--chassis path`")
                        .help("--chassis path=DIR   (a checkout of Cloud Lab)")
                })?;
                Ok(Place::Checkout(as_text(&canonical(root)?)?))
            }
            Self::Path(Some(folder)) => checkout_at(checkout, folder, target),
            Self::Git(url) => Ok(Place::Git(url.clone())),
            Self::Registry => Ok(Place::Registry),
        }
    }

    /// The name that the template's markers use.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Vendored => "vendored",
            Self::Path(_) => "path",
            Self::Git(_) => "git",
            Self::Registry => "registry",
        }
    }

    /// Whether cargo finds the crates without fetching anything.
    pub fn is_on_disk(&self) -> bool {
        matches!(self, Self::Vendored | Self::Path(_))
    }

    /// The same, where a relative path was written in a file of this folder.
    pub fn seen_from(self, folder: &Path) -> Self {
        match self {
            Self::Path(Some(path)) => Self::Path(Some(folder.join(path))),
            other => other,
        }
    }

    /// What the user should know about the service.
    pub fn warning(&self) -> Option<String> {
        let version = env!("CARGO_PKG_VERSION");
        let warning = format!(
            "the service asks the registry for version {version} of the chassis, which is not published yet: it builds \
             once it is"
        );
        matches!(self, Self::Registry).then_some(warning)
    }
}

/// As much of a mode as may be shown.
fn without_rest(mode: &str) -> String {
    shortened(mode.split_once("://").map_or(mode, |(scheme, _)| scheme))
}

/// A folder that was given as a relative path stays one, from the service's point of view, so that the two can be moved
/// together.
fn checkout_at(ours: &Checkout, folder: &Path, target: &Path) -> Result<Place, Refusal> {
    let root = canonical(folder)?;
    is_like(ours, &root, folder)?;
    if folder.is_absolute() {
        return Ok(Place::Checkout(as_text(&root)?));
    }
    let target = std::path::absolute(target).map_err(|error| Refusal::io("find", target, &error))?;
    Ok(Place::Checkout(as_text(&from(&existing(&target), &root))?))
}

/// A service of this version needs the crates of this version, where this version has them.
fn is_like(ours: &Checkout, root: &Path, given: &Path) -> Result<(), Refusal> {
    let ours = ours.workspace()?;
    let is_missing = |folder: &&str| !root.join(folder).join("Cargo.toml").is_file();
    let theirs = Checkout::at(root).workspace().ok().filter(|_| !ours.folders().iter().any(is_missing));
    let Some(theirs) = theirs else {
        return Err(Refusal::new(format!("{} is not a checkout of Cloud Lab", given.display()))
            .help("--chassis path=DIR   (the folder that holds crates/cloudlab-chassis)"));
    };
    if theirs.version() != ours.version() {
        return Err(Refusal::new(format!(
            "{} holds version {} of the chassis; this command writes services for {}",
            given.display(),
            shortened(theirs.version()),
            ours.version()
        ))
        .help("use the command of that checkout"));
    }
    Ok(())
}

fn canonical(folder: &Path) -> Result<PathBuf, Refusal> {
    folder.canonicalize().map_err(|error| {
        Refusal::io("find the checkout", folder, &error)
            .help("--chassis path=DIR   (a checkout of Cloud Lab)")
    })
}

/// The path with every link on its way resolved, as far as it is there.
fn existing(path: &Path) -> PathBuf {
    let there = path.ancestors().find_map(|place| Some((place, place.canonicalize().ok()?)));
    match there {
        Some((place, real)) => path.strip_prefix(place).map_or_else(|_| path.into(), |rest| real.join(rest)),
        None => path.into(),
    }
}

/// The way from one folder to another.
fn from(start: &Path, end: &Path) -> PathBuf {
    let shared = start.components().zip(end.components()).take_while(|(a, b)| a == b).count();
    let up = start.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(end.components().skip(shared)).collect()
}

/// Manifests separate folders by slashes and are UTF-8.
fn as_text(path: &Path) -> Result<String, Refusal> {
    let text = path.to_str().map(|text| text.replace(std::path::MAIN_SEPARATOR, "/"));
    text.ok_or_else(|| {
        Refusal::new(format!("{} has a name that is not UTF-8, which a manifest cannot hold", path.display()))
    })
}

/// The same words that are read.
impl Display for Chassis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vendored => f.write_str("vendored"),
            Self::Path(None) => f.write_str("path"),
            Self::Path(Some(folder)) => write!(f, "path={}", folder.display()),
            Self::Git(url) => write!(f, "git={url}"),
            Self::Registry => f.write_str("registry"),
        }
    }
}

/// A repository as cargo reads it. What is in the URL will be in the manifest for all to read, so there is no room in it
/// for a password or a token.
fn git(url: &str) -> Result<Chassis, Refusal> {
    let refuse =
        |why: &str, help: &str| Err(Refusal::new(format!("the URL after `--chassis git=` {why}")).help(help));
    let Some((scheme, rest)) = url.split_once("://") else {
        return refuse("has no scheme", "git=https://HOST/PATH, git=ssh://git@HOST/PATH or git=file:///PATH");
    };
    let user = rest.rsplit_once('@').map(|(user, _)| user);
    let is_telling = match scheme {
        "https" | "http" | "git" | "file" => user.is_some() || rest.contains(['?', '#']),
        "ssh" => user.is_some_and(|user| user.contains([':', '/'])) || rest.contains(['?', '#']),
        _ => return refuse("has a scheme that cargo does not know", "https, http, ssh, git or file"),
    };
    if is_telling {
        return refuse(
            "has a place for secrets in it: a user, a password or a query",
            "leave it out; git's credential helper or an ssh key gives it to cargo",
        );
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_complete = !path.is_empty() && (scheme == "file" || !host.is_empty());
    if !is_complete || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return refuse("is not complete", "git=https://HOST/PATH");
    }
    Ok(Chassis::Git(url.into()))
}
