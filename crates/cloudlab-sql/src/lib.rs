//! SQL for services: the commit, the journal and its readers, migrations, reads.
//!
//! A use case hands over one [`cloudlab_core::Commit`]; [`Database`] writes it all or nothing in one round trip.
//! Its events go to the journal, which every [`journal::Reader`] follows by a cursor that knows its gaps.
//!
//! **Invariant:** no transaction is ever open while code outside this crate runs: there is no `begin`.
//! **Invariant:** this crate never reads the wall clock; time arrives as `&dyn Clock`.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod database;
mod engine;
pub mod journal;
pub mod keyset;
pub mod migrations;
mod plan;
#[cfg(feature = "postgres")]
mod postgres;
mod retention;
mod row;
#[cfg(feature = "sabotage")]
pub mod sabotage;
/// This build carries no defects, and the compiler removes the branches.
#[cfg(not(feature = "sabotage"))]
mod sabotage {
    #[inline(always)]
    pub(crate) const fn on(_defect: &str) -> bool {
        false
    }
}
mod select;
mod settings;
mod sqlite;
mod wakeup;

pub use database::Database;
pub use engine::Dialect;
pub use migrations::Migration;
pub use row::{FromValue, Row, Statement};
pub use sea_query;
pub use select::bind;
pub use settings::{OpenError, Settings};
pub use wakeup::Wakeup;
