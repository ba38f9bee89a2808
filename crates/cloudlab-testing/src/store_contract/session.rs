//! A handle on a test's database, with the words that the suites use.

use crate::{TestDatabase, fresh_uuid, must};
use cloudlab_core::store::Error;
use cloudlab_core::{
    Bytes, Commit, Event, Idempotency, Key, Presenter, Principal, Reply, RequestContext, Store, TenantId,
    Uuid, Value, Write,
};
use cloudlab_sql::{Database, Migration, Row, Settings, Statement};
use serde::Serialize;

/// Every table that a commit can touch.
const TABLES: [&str; 8] =
    ["sample", "account", "booking", "tally", "idempotency", "inbox", "stream_head", "journal"];

/// A database handle and the tenant that the test acts for.
#[derive(Clone)]
pub struct Session {
    /// The test's database.
    pub db: TestDatabase,
    /// A handle on it.
    pub database: Database,
    /// The tenant.
    pub tenant: TenantId,
}

/// An event of the suites.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// The stream.
    #[serde(skip)]
    pub stream: Uuid,
    /// A number by which the test tells events apart.
    pub number: i64,
}

impl Event for Moved {
    const AGGREGATE: &'static str = "account";
    const WHAT: &'static str = "moved";

    fn aggregate_id(&self) -> Uuid {
        self.stream
    }
}

impl Session {
    /// A session with limits that suit a test.
    pub async fn new(db: TestDatabase) -> Self {
        Self::with(db, TestDatabase::settings()).await
    }

    /// A session with these limits.
    pub async fn with(db: TestDatabase, settings: Settings) -> Self {
        let database = db.open_with(settings).await;
        Self { db, database, tenant: TenantId::new(fresh_uuid()) }
    }

    /// The same database for another tenant.
    #[must_use]
    pub fn of_another_tenant(&self) -> Self {
        Self { tenant: TenantId::new(fresh_uuid()), ..self.clone() }
    }

    /// A request without a key.
    #[must_use]
    pub fn ctx(&self) -> RequestContext {
        RequestContext::new(self.tenant, Principal::new("tester"), "request-1")
    }

    /// A request under a key, whose content is as the number says; its reply is a text.
    #[must_use]
    pub fn keyed(&self, key: &str, content: u8) -> RequestContext {
        let idempotency = Idempotency {
            operation: "POST /v1/accounts".into(),
            key: key.into(),
            request_hash: [content; 32],
            presenter: Some(Presenter::of(|text: &String| reply(text))),
        };
        self.ctx().with_idempotency(idempotency)
    }

    /// An empty commit without a key.
    #[must_use]
    pub fn empty(&self) -> Commit {
        Commit::new(&self.ctx())
    }

    /// Commits.
    ///
    /// # Errors
    /// As the store says.
    pub async fn commit(&self, commit: Commit) -> Result<(), Error> {
        self.database.commit(commit).await
    }

    /// Commits what must succeed.
    pub async fn done(&self, commit: Commit) {
        must("commit", self.commit(commit).await);
    }

    /// Commits these writes, which must succeed.
    pub async fn write(&self, writes: impl IntoIterator<Item = Write>) {
        self.done(self.empty().write_all(writes)).await;
    }

    /// The rows of a statement.
    pub async fn rows(&self, sql: &'static str, values: impl Into<Vec<Value>>) -> Vec<Row> {
        must(sql, self.database.fetch(&self.ctx(), Statement::new(sql, values)).await)
    }

    /// The number that a statement answers under the name `n`.
    pub async fn number(&self, sql: &'static str, values: impl Into<Vec<Value>>) -> i64 {
        let rows = self.rows(sql, values).await;
        assert_eq!(rows.len(), 1, "one row: {sql}");
        must(sql, rows[0].get("n"))
    }

    /// The balance of an account.
    pub async fn balance(&self, id: Uuid) -> i64 {
        let sql = "SELECT balance AS n FROM account WHERE tenant_id = $1 AND id = $2";
        self.number(sql, vec![self.tenant.into(), id.into()]).await
    }

    /// Everything in every table that a commit can touch, to compare before and after.
    pub async fn contents(&self) -> Vec<String> {
        let mut all = Vec::new();
        for table in TABLES {
            let statement = Statement::new(format!("SELECT * FROM {table}"), Vec::new());
            let rows = must(table, self.database.fetch(&self.ctx(), statement).await);
            let mut rows: Vec<_> = rows.iter().map(|row| format!("{table}: {row:?}")).collect();
            rows.sort();
            all.extend(rows);
        }
        all
    }

    /// Runs SQL that no service would run, on the connection that writes.
    pub async fn script(&self, sql: &str) {
        // A migration is the one way to run a script, and it lives as long as the program.
        let sql: &'static str = String::leak(sql.to_owned());
        let scope = format!("script {}", fresh_uuid());
        let migration = Migration { name: "0001_script", postgres: (sql, ""), sqlite: (sql, "") };
        must(sql, self.database.migrate_up(&scope, &[migration]).await);
    }

    /// Asserts that a commit fails as said, and that no table has changed by it.
    pub async fn refused(&self, commit: Commit, is_right: impl Fn(&Error) -> bool) {
        let before = self.contents().await;
        let result = self.commit(commit).await;
        assert!(result.as_ref().is_err_and(is_right), "another outcome than expected: {result:?}");
        assert_eq!(self.contents().await, before, "a commit that failed has left something behind");
    }
}

/// A reply as the presenter of [`Session::keyed`] shows a text.
#[must_use]
pub fn reply(text: &str) -> Reply {
    let headers =
        vec![("location".to_owned(), format!("/v1/{text}")), ("etag".to_owned(), "\"1\"".to_owned())];
    // Octets that are no UTF-8: a body is kept as it is.
    let body = [text.as_bytes(), &[0, 0xff, 0xfe]].concat();
    Reply { status: 201, headers, body: Bytes::from(body) }
}

/// The key of a row that one UUID names.
#[must_use]
pub fn key(id: Uuid) -> Key {
    vec![("id", id.into())]
}

/// A new account with this balance, named by its identity.
#[must_use]
pub fn account(id: Uuid, balance: i64) -> Write {
    Write::insert("account", key(id)).set("name", id.to_string()).set("balance", balance)
}

/// Fresh identities, ascending.
#[must_use]
pub fn identities(count: usize) -> Vec<Uuid> {
    let mut all: Vec<Uuid> = (0..count).map(|_| fresh_uuid()).collect();
    all.sort();
    all
}
