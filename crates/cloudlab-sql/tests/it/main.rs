//! The contract suites on the engines of this crate, and what only one engine has.

mod last_words;
mod postgres_commits;
mod postgres_connections;
mod postgres_journal;
mod postgres_values;
#[cfg(feature = "sabotage")]
mod sabotage;
mod sqlite_file;

mod store {
    cloudlab_testing::store_contract!(on_sqlite as sqlite, on_postgres as postgres);
}

mod journal {
    cloudlab_testing::journal_contract!(on_sqlite as sqlite, on_postgres as postgres);
}
