//! The commit on PostgreSQL: every statement is on its way before the first answer is read.
//!
//! A refused statement makes the server refuse all that follow, and its `COMMIT` then reports success with the
//! tag ROLLBACK. So a commit counts only when every statement before it succeeded, and a condition that does not
//! hold must raise.

use crate::Statement;
use crate::engine::Failure;
use crate::plan::Plan;
use crate::postgres::connections::{Connections, Loan};
use crate::postgres::statements::{self, Step};
use crate::postgres::{errors, values};
use crate::sabotage;
use cloudlab_core::store::Error;
use futures_util::future::poll_fn;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>>;

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
    let Ok(outcome) = tokio::time::timeout(connections.patience(), transact(&loan, steps)).await else {
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

async fn transact(loan: &Loan, steps: &[Step]) -> Result<Vec<u64>, Refusal> {
    let client = loan.client()?;
    // Everything is prepared before BEGIN: nothing may be waited for between BEGIN and COMMIT.
    let begin = client.prepare_cached("BEGIN ISOLATION LEVEL READ COMMITTED").await.map_err(before)?;
    let end = client.prepare_cached("COMMIT").await.map_err(before)?;
    let mut prepared = Vec::with_capacity(steps.len());
    for step in steps {
        prepared.push(client.prepare_cached(&step.sql).await.map_err(before)?);
    }
    let mut answers: Vec<Answer<'_>> = Vec::with_capacity(steps.len() + 2);
    answers.push(Box::pin(client.execute_raw(&begin, NOTHING)));
    for (step, prepared) in steps.iter().zip(&prepared) {
        answers.push(Box::pin(client.execute_raw(prepared, step.params.iter())));
    }
    answers.push(Box::pin(client.execute_raw(&end, NOTHING)));
    let answers = if sabotage::on("no_own_task") || sabotage::on("one_by_one") {
        one_by_one(answers).await
    } else {
        all_at_once(answers).await
    };
    judge(answers.map_err(before)?)
}

const NOTHING: [&values::Param; 0] = [];

/// Without COMMIT on its way nothing can have been written, so a lost connection is an outage and not an unknown
/// outcome.
fn before(error: tokio_postgres::Error) -> Refusal {
    let failure = match errors::failure(&error) {
        Failure::Error(Error::Unknown(cause)) => Error::Unavailable(cause).into(),
        failure => failure,
    };
    Refusal { failure, clean: false, at: None }
}

/// The first error decides: those after it only say that the transaction is aborted.
fn judge(answers: Vec<Result<u64, tokio_postgres::Error>>) -> Result<Vec<u64>, Refusal> {
    let last = answers.len() - 1;
    // An error of the driver's, or one that ended the session, leaves a connection that nobody may use again; and
    // only a new connection forgets a plan that a schema change has made wrong.
    let clean = answers.iter().all(|answer| answer.as_ref().err().is_none_or(errors::is_of_statement));
    let mut changed = Vec::with_capacity(answers.len());
    for (at, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(rows) => changed.push(rows),
            Err(_) if sabotage::on("trust_commit") && at < last => {}
            Err(error)
                if at == last && error.as_db_error().is_some_and(|db| ends_session(db.code().code())) =>
            {
                return Err(Error::Unknown(error.to_string()).into());
            }
            Err(error) => {
                return Err(Refusal { failure: errors::failure(&error), clean, at: at.checked_sub(1) });
            }
        }
    }
    changed.truncate(last);
    Ok(changed.split_off(1))
}

/// A session that the server ended while it answered COMMIT may have committed.
fn ends_session(code: &str) -> bool {
    code.starts_with("57P") || code.starts_with("08")
}

/// Polls every future once, in order, before it waits: polling is what sends, so all leave in one piece. When one
/// cannot be sent (a value that does not fit its column is noticed here, not by the server), none behind it is sent
/// either: COMMIT would write everything but that one. Once COMMIT itself is handed over its fate is unknown.
async fn all_at_once(
    mut answers: Vec<Answer<'_>>,
) -> Result<Vec<Result<u64, tokio_postgres::Error>>, tokio_postgres::Error> {
    let mut results = Vec::with_capacity(answers.len());
    let last = answers.len() - 1;
    poll_fn(|context| {
        for (at, answer) in answers.iter_mut().enumerate() {
            match answer.as_mut().poll(context) {
                Poll::Ready(Err(error)) if at < last => return Poll::Ready(Err(error)),
                Poll::Ready(result) => results.push(Some(result)),
                Poll::Pending => results.push(None),
            }
        }
        Poll::Ready(Ok(()))
    })
    .await?;
    let mut first = 0;
    poll_fn(|context| {
        // Answers come in order: nothing behind an open one is ready.
        while first < answers.len() {
            if results[first].is_none() {
                match answers[first].as_mut().poll(context) {
                    Poll::Ready(result) => results[first] = Some(result),
                    Poll::Pending => return Poll::Pending,
                }
            }
            first += 1;
        }
        Poll::Ready(())
    })
    .await;
    Ok(results.into_iter().flatten().collect())
}

async fn one_by_one(
    answers: Vec<Answer<'_>>,
) -> Result<Vec<Result<u64, tokio_postgres::Error>>, tokio_postgres::Error> {
    let mut results = Vec::with_capacity(answers.len());
    for answer in answers {
        results.push(answer.await);
    }
    Ok(results)
}
