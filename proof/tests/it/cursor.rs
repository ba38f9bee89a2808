//! Who moves the journal's cursor: the database notes every move, and only the holder of the lease may make one.

use crate::laws::{Violation, violation};
use crate::place::Place;
use tokio_postgres::Client;

/// The session's name tells the process, whatever the row says about its owner.
const WATCH: &str = "CREATE TABLE cursor_moves (place bigint GENERATED ALWAYS AS IDENTITY, process text, \
    owner uuid, high bigint, gaps text); \
    CREATE FUNCTION cursor_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    INSERT INTO cursor_moves (process, owner, high, gaps) \
    VALUES (current_setting('application_name'), NEW.owner, NEW.high, NEW.gaps); RETURN NEW; END $$; \
    CREATE TRIGGER cursor_moved AFTER UPDATE ON journal_reader FOR EACH ROW EXECUTE FUNCTION cursor_moved()";
const MOVES: &str = "SELECT process, owner::text, high, gaps FROM cursor_moves ORDER BY place";

struct Move {
    process: String,
    owner: Option<String>,
    high: i64,
    gaps: String,
}

/// Begins to note moves.
pub async fn watch(place: &Place) {
    place.raw().await.batch_execute(WATCH).await.unwrap();
}

/// Who owns the reader now.
pub async fn owner(client: &Client) -> Option<String> {
    let sql = "SELECT owner::text FROM journal_reader WHERE reader = 'publisher'";
    client.query_opt(sql, &[]).await.unwrap()?.get(0)
}

/// The process that holds the lease: whoever renewed it or moved the cursor last.
pub async fn holder(client: &Client) -> Option<String> {
    let sql = "SELECT process FROM cursor_moves ORDER BY place DESC LIMIT 1";
    client.query_opt(sql, &[]).await.unwrap()?.get(0)
}

/// The fence: a cursor never goes back, and nobody moves it who has lost the lease.
pub async fn judge(place: &Place) -> Vec<Violation> {
    let rows = place.raw().await.query(MOVES, &[]).await.unwrap();
    let read = |row: &tokio_postgres::Row| Move {
        process: row.get(0),
        owner: row.get(1),
        high: row.get(2),
        gaps: row.get(3),
    };
    let moves: Vec<Move> = rows.iter().map(read).collect();
    let mut holder = moves.first().map(|first| first.process.clone()).unwrap_or_default();
    let mut broken = Vec::new();
    for pair in moves.windows(2) {
        let (before, now) = (&pair[0], &pair[1]);
        if now.owner != before.owner {
            holder.clone_from(&now.process);
        }
        if now.high < before.high {
            broken.push(violation(
                "fence",
                format!("the cursor went from {} back to {}", before.high, now.high),
            ));
        }
        if (now.high, &now.gaps) != (before.high, &before.gaps) && now.process != holder {
            broken.push(violation("fence", format!("{} moved the cursor of {holder}", now.process)));
        }
    }
    broken
}
