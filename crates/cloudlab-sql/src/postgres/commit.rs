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
    run(connections, &steps).await.map(|_| ())
}

/// Runs statements in one transaction; answers the rows changed by each.
pub(super) async fn maintain(connections: &Connections, statements: &[Statement]) -> Result<Vec<u64>, Error> {
    let steps: Vec<Step> = statements.iter().map(Step::plain).collect();
    match run(connections, &steps).await {
        Ok(changed) => Ok(changed),
        Err(Failure::Error(error)) => Err(error),
        Err(Failure::Again(cause)) => Err(Error::Unavailable(cause)),
        Err(Failure::KeyExists) => Err(Error::Defect("an idempotency key outside a commit".into())),
    }
}

async fn run(connections: &Connections, steps: &[Step]) -> Result<Vec<u64>, Failure> {
    let loan = connections.loan(None).await?;
    let Ok(outcome) = tokio::time::timeout(connections.patience(), transact(&loan, steps)).await else {
        return Err(Error::Unknown("the server did not answer".into()).into());
    };
    if !matches!(outcome, Err(Failure::Error(Error::Unknown(_)))) {
        loan.returned();
    }
    outcome
}

async fn transact(loan: &Loan, steps: &[Step]) -> Result<Vec<u64>, Failure> {
    let client = loan.client()?;
    // Everything is prepared before BEGIN: nothing may be waited for between BEGIN and COMMIT.
    let begin = client.prepare_cached("BEGIN").await.map_err(before)?;
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
    let answers =
        if sabotage::on("no_own_task") { one_by_one(answers).await } else { all_at_once(answers).await };
    judge(answers)
}

const NOTHING: [&values::Param; 0] = [];

/// Before BEGIN nothing can have been written, so a lost connection is an outage and not an unknown outcome.
fn before(error: tokio_postgres::Error) -> Failure {
    errors::read(error).into()
}

/// The first error decides: those after it only say that the transaction is aborted.
fn judge(answers: Vec<Result<u64, tokio_postgres::Error>>) -> Result<Vec<u64>, Failure> {
    let last = answers.len() - 1;
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
            Err(error) => return Err(errors::failure(&error)),
        }
    }
    changed.truncate(last);
    Ok(changed.split_off(1))
}

/// A session that the server ended while it answered COMMIT may have committed.
fn ends_session(code: &str) -> bool {
    code.starts_with("57P") || code.starts_with("08")
}

/// Polls every future once, in order, before it waits: polling is what sends, so all leave in one piece.
async fn all_at_once(mut answers: Vec<Answer<'_>>) -> Vec<Result<u64, tokio_postgres::Error>> {
    let mut results: Vec<Option<_>> = answers.iter().map(|_| None).collect();
    let mut sent = false;
    let mut first = 0;
    poll_fn(|context| {
        for at in first..answers.len() {
            if results[at].is_none() {
                match answers[at].as_mut().poll(context) {
                    Poll::Ready(result) => results[at] = Some(result),
                    // Answers come in order: once all are sent, nothing behind an open one is ready.
                    Poll::Pending if sent => break,
                    Poll::Pending => {}
                }
            }
            if results[at].is_some() && at == first {
                first += 1;
            }
        }
        sent = true;
        if first == answers.len() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}

async fn one_by_one(answers: Vec<Answer<'_>>) -> Vec<Result<u64, tokio_postgres::Error>> {
    let mut results = Vec::with_capacity(answers.len());
    for answer in answers {
        results.push(answer.await);
    }
    results
}
