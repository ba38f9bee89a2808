//! One row to write, as data: a table, a key, columns and what the row must be for the write to be right.
//!
//! A write holds no closure and no SQL, so a repository trait of the domain can return it, a test can compare
//! it, and the engine decides how it is locked, batched and checked. The tenant is not part of it: the engine
//! puts the tenant of the commit in front of every key, so that no write can reach into another tenant.

use crate::Value;

/// Names the columns of the primary key after the tenant, in the table's order, with their values.
pub type Key = Vec<(&'static str, Value)>;

/// A change of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    table: &'static str,
    key: Key,
    columns: Vec<(&'static str, Value)>,
    conditions: Vec<(&'static str, Value)>,
    change: Change,
}

/// What a [`Write`] does to its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new row; it is an error when the key or a unique column exists.
    Insert,
    /// Sets columns of a row that must exist and fulfil the conditions.
    Update,
    /// Removes a row that must exist and fulfil the conditions.
    Delete,
    /// Adds an amount to a number of a row that must exist, if at least the floor is left.
    Add {
        /// The column.
        column: &'static str,
        /// What is added; negative takes away.
        amount: i64,
        /// The least that may be left.
        floor: Option<i64>,
    },
    /// Adds an amount to a number, counting from zero when the row is not there yet.
    Count {
        /// The column.
        column: &'static str,
        /// What is added; negative takes away.
        amount: i64,
    },
}

impl Write {
    fn new(table: &'static str, key: impl Into<Key>, change: Change) -> Self {
        Self { table, key: key.into(), columns: Vec::new(), conditions: Vec::new(), change }
    }

    /// A new row under this key.
    #[must_use]
    pub fn insert(table: &'static str, key: impl Into<Key>) -> Self {
        Self::new(table, key, Change::Insert)
    }

    /// A change of the row under this key.
    #[must_use]
    pub fn update(table: &'static str, key: impl Into<Key>) -> Self {
        Self::new(table, key, Change::Update)
    }

    /// The removal of the row under this key.
    #[must_use]
    pub fn delete(table: &'static str, key: impl Into<Key>) -> Self {
        Self::new(table, key, Change::Delete)
    }

    /// `column += amount` on the row under this key, refused when less than `floor` would be left.
    #[must_use]
    pub fn add(
        table: &'static str,
        key: impl Into<Key>,
        column: &'static str,
        amount: i64,
        floor: Option<i64>,
    ) -> Self {
        Self::new(table, key, Change::Add { column, amount, floor })
    }

    /// `column += amount` on the row under this key, which starts at zero when it is missing.
    #[must_use]
    pub fn count(table: &'static str, key: impl Into<Key>, column: &'static str, amount: i64) -> Self {
        Self::new(table, key, Change::Count { column, amount })
    }

    /// Sets a column.
    #[must_use]
    pub fn set(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.columns.push((column, value.into()));
        self
    }

    /// Makes the write right only when the row's column holds this value now. Only columns of the row itself can
    /// be named: a condition over another row would be checked against an old snapshot (use [`Expect`]).
    #[must_use]
    pub fn when(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.conditions.push((column, value.into()));
        self
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The key after the tenant.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The columns that are set.
    #[must_use]
    pub fn columns(&self) -> &[(&'static str, Value)] {
        &self.columns
    }

    /// What must hold of the row before.
    #[must_use]
    pub fn conditions(&self) -> &[(&'static str, Value)] {
        &self.conditions
    }

    /// What is done.
    #[must_use]
    pub fn change(&self) -> Change {
        self.change
    }
}

/// A row that a decision relied on without writing it: the commit locks it and fails when it has changed.
///
/// Without it two commits that each look right can together break a rule over both rows (write skew).
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    table: &'static str,
    key: Key,
    conditions: Vec<(&'static str, Value)>,
}

impl Expect {
    /// The row under this key exists.
    #[must_use]
    pub fn row(table: &'static str, key: impl Into<Key>) -> Self {
        Self { table, key: key.into(), conditions: Vec::new() }
    }

    /// And its column holds this value.
    #[must_use]
    pub fn when(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.conditions.push((column, value.into()));
        self
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The key after the tenant.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What must hold.
    #[must_use]
    pub fn conditions(&self) -> &[(&'static str, Value)] {
        &self.conditions
    }
}
