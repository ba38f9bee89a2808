//! Layered configuration whose errors name file, line and key.
//!
//! The layers, of which a later one wins: `service.toml`, `service.<profile>.toml`, `.env`, the process environment. All
//! files lie in one directory and each may be absent. `CLOUDLAB__HTTP__ADDRESS` is the key `http.address`;
//! `CLOUDLAB__PROFILE` chooses the profile and is no key of the files. String values of the files may hold
//! `${VAR}` and `${VAR:-default}` (`$${` is a literal `${`). They are expanded after the layers are merged, so a value
//! that a later layer replaced does not need its variables.
//!
//! **Secret files.** `CLOUDLAB__DATABASE__URL_FILE=/run/secrets/database-url` sets `database.url` to the text of that
//! file, less one newline at its end. It stands in the layer of its variable and is expanded no further. Where the
//! settings have a key `url_file` of their own, it is that key; the type decides, and a map takes any key. Such a value
//! is shown as `***` whatever its key, in reports and in errors. A variable and its `_FILE` in one layer are an error,
//! and so is a file that is missing, empty, larger than 64 KiB or not UTF-8. [`Sources::fingerprint`] sees these files.
//!
//! **YAML.** With the feature `yaml` a layer may be `service.yaml` in place of `service.toml`; both are an error. It is
//! YAML 1.2 without anchors, aliases and tags. A key without a value is as if it were absent: what an earlier layer
//! says stays. Without the feature such a file is an error.
//!
//! Text that came from a variable becomes a number, a truth value, an enum or (split at commas) a list when the type
//! of the setting asks for it. An empty variable for an `Option` means "not set": it is the only way for the
//! environment to take back what a file says.
//!
//! **Invariant:** this crate never prints a secret: what a [`Secret`] or a key with a telling name (`password`,
//! `token`, ...) holds, the password in a URL or a connection string, and what `${DB_PASSWORD}` stood for appear as
//! `***` in errors and reports; so does all of a URL that cannot be read surely. It never ignores a key it does not know, never
//! watches files and never reads a clock.
//!
//! **Limit:** serde buffers the values of `flatten`, `untagged` and internally tagged types before this crate sees
//! what they should become, so text from variables stays text there, and a `_FILE` in them is not followed.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod deserializer;
mod dotenv;
mod enumeration;
mod error;
mod expansion;
mod fault;
mod files;
mod layers;
mod loaded;
mod profile;
mod redaction;
mod secret;
mod secret_files;
mod section;
mod sources;
mod suggestion;
mod toml_file;
mod tree;
mod url;
mod variables;
#[cfg_attr(not(feature = "yaml"), path = "yaml_left_out.rs")]
mod yaml_file;

pub use error::Error;
pub use files::Fingerprint;
pub use loaded::{Entry, Loaded};
pub use profile::{Profile, UnknownProfile};
pub use secret::Secret;
pub use section::Section;
pub use sources::Sources;
pub use url::Url;
