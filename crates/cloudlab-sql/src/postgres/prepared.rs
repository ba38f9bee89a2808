//! The statements that are prepared on one connection.

use std::collections::HashMap;
use tokio_postgres::Statement;

/// Each costs memory here and on the server, and a list of values makes another one of every length.
const MOST: usize = 256;

/// The statements used last.
///
/// One that is forgotten is closed on the server by its last owner. It is forgotten while statements are prepared, so
/// before a batch; what the batch itself uses belongs to the batch until all is answered.
#[derive(Default)]
pub(super) struct Prepared {
    known: HashMap<String, (Statement, u64)>,
    uses: u64,
}

impl Prepared {
    /// The statement, if it is known.
    pub fn get(&mut self, sql: &str) -> Option<Statement> {
        let (statement, used) = self.known.get_mut(sql)?;
        self.uses += 1;
        *used = self.uses;
        Some(statement.clone())
    }

    /// Keeps one more; the one that was not used for the longest time makes room.
    pub fn keep(&mut self, sql: &str, statement: Statement) {
        if self.known.len() >= MOST {
            let oldest = self.known.iter().min_by_key(|(_, (_, used))| *used).map(|(sql, _)| sql.clone());
            oldest.and_then(|sql| self.known.remove(&sql));
        }
        self.uses += 1;
        self.known.insert(sql.to_owned(), (statement, self.uses));
    }
}
