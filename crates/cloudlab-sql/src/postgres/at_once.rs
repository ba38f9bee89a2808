//! Requests that leave together, before the first answer is read.

use crate::postgres::errors;
use futures_util::future::poll_fn;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

/// A request on its way, and its answer.
pub(super) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, tokio_postgres::Error>> + Send + 'a>>;

/// Polls every future once, in order, before it waits: polling is what sends, so all leave in one piece.
///
/// # Errors
/// The cause, when one was not sent; nothing behind it was sent either. A value that does not fit its column is
/// noticed here, not by the server. The batch is then incomplete: its connection must be severed.
pub(super) async fn at_once<T>(
    mut answers: Vec<Answer<'_, T>>,
) -> Result<Vec<Result<T, tokio_postgres::Error>>, tokio_postgres::Error> {
    let mut results = Vec::with_capacity(answers.len());
    let last = answers.len().saturating_sub(1);
    poll_fn(|context| {
        for (at, answer) in answers.iter_mut().enumerate() {
            match answer.as_mut().poll(context) {
                // Once the last one is handed over its fate is unknown, even if the connection is lost at once.
                Poll::Ready(Err(error)) if at < last || errors::is_unsent(&error) => {
                    return Poll::Ready(Err(error));
                }
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
