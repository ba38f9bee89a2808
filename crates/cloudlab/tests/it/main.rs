//! `cloudlab new` from the outside: the binary and the library's one entry, in temporary folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod articles;
mod atomicity;
mod fixture;
mod manifests;
mod names;
mod options;
mod real_template;
mod refusals;
mod rendering;
mod reports;
