/// Why a configuration was not loaded. The text names the place and says what to do; the caller prints it and exits.
///
/// A `place` is `service.toml:12` or `.env:3` or the name of an environment variable. Keys are dotted
/// (`http.address`). No field holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or variable exists, and its text cannot be had.
    #[error("{place} cannot be read: {cause}")]
    Unreadable {
        /// The file or the variable.
        place: String,
        /// What stood in the way, as a sentence.
        cause: String,
    },
    /// The text breaks the grammar of its file.
    #[error("{place}: {detail}.")]
    Syntax {
        /// File and line, and the column where the parser knows it.
        place: String,
        /// Which rule was broken.
        detail: String,
    },
    /// `${VAR}` without a default names a variable that is neither in the environment nor in `.env`.
    #[error(
        "{place}: the value of `{key}` needs the variable `{variable}`, which is not set. Set it in the environment or in .env, or write `${{{variable}:-default}}`."
    )]
    UnsetVariable {
        /// File and line of the key.
        place: String,
        /// The dotted key.
        key: String,
        /// The variable that is missing.
        variable: String,
    },
    /// A key that no setting has.
    #[error("{place}: the key `{key}` is not known.{}{}", did_you_mean(.suggestion), allowed_keys(.key, .allowed))]
    UnknownKey {
        /// File and line, or the environment variable.
        place: String,
        /// The dotted key as it was written.
        key: String,
        /// What was probably meant, spelt for the place where it belongs.
        suggestion: Option<String>,
        /// The keys of that section.
        allowed: Vec<String>,
    },
    /// A value that the setting does not take.
    #[error("{place}: {} wrong: {detail}.", subject(.key))]
    WrongValue {
        /// File and line, or the environment variable, or `default`.
        place: String,
        /// The dotted key; empty if the settings contradict each other.
        key: String,
        /// What was expected and what was found.
        detail: String,
    },
    /// A setting without a default was given nowhere.
    #[error("the key `{key}` is missing. Set it in a configuration file or as {variable}.")]
    MissingKey {
        /// The dotted key.
        key: String,
        /// The environment variable that would set it.
        variable: String,
    },
    /// A file tries to set the profile.
    #[error(
        "{place}: the profile cannot be set in this file, because it decides which files are read. Set CLOUDLAB__PROFILE in the environment or in .env to development, staging or production."
    )]
    MisplacedProfile {
        /// File and line.
        place: String,
    },
    /// The type of the settings cannot be serialized, so no report of them is possible. A mistake in that type.
    #[error("the settings cannot be listed: {detail}. Correct the Serialize implementation of their type.")]
    Unlistable {
        /// What the serializer said.
        detail: String,
    },
}

fn subject(key: &str) -> String {
    if key.is_empty() { "the settings are".to_owned() } else { format!("the value of `{key}` is") }
}

fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |word| format!(" Did you mean `{word}`?"))
}

fn allowed_keys(key: &str, allowed: &[String]) -> String {
    let section = match key.rsplit_once('.') {
        Some((section, _)) => format!("[{section}]"),
        None => "the top level".to_owned(),
    };
    if allowed.is_empty() {
        return format!(" No keys are allowed in {section}: remove it.");
    }
    format!(" Allowed in {section}: {}.", allowed.join(", "))
}
