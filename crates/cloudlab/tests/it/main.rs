//! `cloudlab new` and `cloudlab check` from the outside: the binary and the library's one entry, in temporary folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod answers_file;
mod articles;
mod atomicity;
mod chassis_modes;
mod check;
mod fixture;
mod golden;
mod identity;
mod installed;
mod manifests;
mod names;
mod options;
mod prompting;
mod real_template;
mod refusals;
mod rendering;
mod reports;
mod terminal;
