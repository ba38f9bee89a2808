//! The commit on PostgreSQL: every statement is on its way before the first answer is read, all under one Sync.
//!
//! The server runs them as one transaction: it begins with the first statement and commits at the Sync. A refused
//! statement makes it skip all that follow and roll back, so a condition that does not hold must raise. The answer to
//! the last statement is given only after the commit, and a commit counts only when every statement succeeded.

use crate::Statement;
use crate::engine::Failure;
use crate::plan::Plan;
use crate::postgres::at_once::{Answer, at_once};
use crate::postgres::connection::Connection;
use crate::postgres::connections::Connections;
use crate::postgres::statements::{self, Step};
use crate::postgres::{errors, values};
use crate::sabotage;
use cloudlab_core::store::Error;

/// Writes the plan.
pub(super) async fn commit(connections: &Connections, plan: &Plan) -> Result<(), Failure> {
    let steps = statements::steps(plan);
    match run(connections, &steps).await {
        Ok(_) => Ok(()),
        // The key is the first row: who waits for it in vain waits for a command that is still running.
        Err(Refusal { failure: Failure::Error(Error::Unavailable(_)), at: Some(0), .. })
            if plan.kept.is_some() =>
        {
            Err(Failure::KeyExists)
        }
        Err(refusal) => Err(refusal.failure),
    }
}

/// Runs statements in one transaction; answers the rows changed by each.
pub(super) async fn maintain(connections: &Connections, statements: &[Statement]) -> Result<Vec<u64>, Error> {
    let steps: Vec<Step> = statements.iter().map(Step::plain).collect();
    run(connections, &steps).await.map_err(|refusal| match refusal.failure {
        Failure::Error(error) => error,
        Failure::Again(cause) => Error::Unavailable(cause),
        Failure::KeyExists => Error::Defect("an idempotency key outside a commit".into()),
    })
}

/// Why a batch failed.
struct Refusal {
    failure: Failure,
    /// Whether its connection is at rest: every answer read, no transaction open.
    clean: bool,
    /// The step that was refused, if the server refused one.
    at: Option<usize>,
}

async fn run(connections: &Connections, steps: &[Step]) -> Result<Vec<u64>, Refusal> {
    let loan = connections.loan(None).await?;
    let transaction = transact(loan.connection()?, steps);
    let Ok(outcome) = tokio::time::timeout(connections.patience(), transaction).await else {
        return Err(Error::Unknown("the server did not answer".into()).into());
    };
    if outcome.as_ref().err().is_none_or(|refusal| refusal.clean) {
        loan.returned();
    }
    outcome
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { failure: error.into(), clean: false, at: None }
    }
}

async fn transact(connection: &Connection, steps: &[Step]) -> Result<Vec<u64>, Refusal> {
    // Everything is prepared first: nothing may be waited for within the transaction.
    let mut prepared = Vec::with_capacity(steps.len());
    for step in steps {
        prepared.push(connection.prepare(&step.sql).await.map_err(before)?);
    }
    let client = connection.client();
    let answers = steps.iter().zip(&prepared).map(|(step, prepared)| -> Answer<'_, u64> {
        Box::pin(client.execute_raw(prepared, step.params.iter()))
    });
    let answers: Vec<_> = answers.collect();
    if sabotage::on("no_own_task") || sabotage::on("one_by_one") || sabotage::on("trust_commit") {
        return stepwise(connection, answers).await;
    }
    connection.announce_batch(answers.len());
    judge(at_once(answers).await.map_err(before)?)
}

/// The transaction that users would write: a round trip for every statement, BEGIN and COMMIT included.
async fn stepwise(connection: &Connection, answers: Vec<Answer<'_, u64>>) -> Result<Vec<u64>, Refusal> {
    let mut results = Vec::with_capacity(answers.len());
    let begin = connection.prepare("BEGIN").await.map_err(before)?;
    let commit = connection.prepare("COMMIT").await.map_err(before)?;
    connection.client().execute_raw(&begin, NOTHING).await.map_err(before)?;
    for answer in answers {
        results.push(answer.await);
    }
    let committed = connection.client().execute_raw(&commit, NOTHING).await;
    if sabotage::on("trust_commit") {
        results = results.into_iter().map(|result| Ok(result.unwrap_or_default())).collect();
    }
    committed.map_err(before)?;
    judge(results)
}

const NOTHING: [&values::Param; 0] = [];

/// Without its end on the way a batch writes nothing, so a lost connection is an outage and not an unknown outcome.
fn before(error: tokio_postgres::Error) -> Refusal {
    let failure = match errors::failure(&error) {
        Failure::Error(Error::Unknown(cause)) => Error::Unavailable(cause).into(),
        failure => failure,
    };
    Refusal { failure, clean: false, at: None }
}

/// The first error decides: those after it only say that their statements were skipped.
fn judge(answers: Vec<Result<u64, tokio_postgres::Error>>) -> Result<Vec<u64>, Refusal> {
    let last = answers.len().saturating_sub(1);
    // An error of the driver's, or one that ended the session, leaves a connection that nobody may use again; and
    // only a new connection forgets a plan that a schema change has made wrong.
    let clean = answers.iter().all(|answer| answer.as_ref().err().is_none_or(errors::is_of_statement));
    let mut changed = Vec::with_capacity(answers.len());
    for (at, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(rows) => changed.push(rows),
            Err(error) if errors::hides_outcome(&error, at == last) => {
                return Err(Error::Unknown(error.to_string()).into());
            }
            Err(error) => {
                return Err(Refusal { failure: errors::failure(&error), clean, at: Some(at) });
            }
        }
    }
    Ok(changed)
}
