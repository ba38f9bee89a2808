//! The contract suites on the engines of this crate, and what only one engine has.

mod store {
    cloudlab_testing::store_contract!(on_sqlite as sqlite, on_postgres as postgres);
}
