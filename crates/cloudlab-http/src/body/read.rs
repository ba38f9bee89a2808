//! Reads a body whole, up to a limit.

use super::parse::check_media;
use crate::edge::Entered;
use crate::patience;
use crate::problem::{Problem, codes};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http_body::{Body as _, Frame};
use std::future::poll_fn;
use std::pin::Pin;
use tokio::time::timeout_at;

/// So much of a body may lie in memory without a place below the limit of running requests: the memory that callers
/// can take without one is this times the limit of connections.
const FREE_BYTES: usize = 64 << 10;

/// Reads a body of at most the bytes that the settings allow, which must be said to be JSON unless it is empty.
///
/// A body that is announced and will be refused is not read at all, so a caller who waits for `100 Continue` sends none
/// of it. One that sends all the same still reads the reply: the server drains what is left of a request.
pub(crate) async fn read(parts: &Parts, body: Body, entered: &Entered) -> Result<Bytes, Problem> {
    let max_bytes = entered.shared().settings.max_body_bytes;
    let announced = body.size_hint().lower();
    if announced > 0 {
        check_media(parts)?;
    }
    if announced > max_bytes as u64 {
        return Err(too_large(max_bytes));
    }
    let all = read_all(parts, body, entered);
    let bytes = match patience::give_up_at(entered.deadline()) {
        Some(at) => timeout_at(at, all).await.map_err(|_| not_sent())??,
        None => all.await?,
    };
    if announced == 0 && !bytes.is_empty() {
        check_media(parts)?;
    }
    Ok(bytes)
}

async fn read_all(parts: &Parts, mut body: Body, entered: &Entered) -> Result<Bytes, Problem> {
    let max_bytes = entered.shared().settings.max_body_bytes;
    let mut read = BytesMut::new();
    let mut first = Bytes::new();
    while let Some(frame) = next(&mut body, entered, first.len() + read.len()).await {
        let frame = frame.map_err(|error| cut_off(parts, &error))?;
        let Ok(data) = frame.into_data() else { continue };
        let length = first.len() + read.len() + data.len();
        if length > max_bytes {
            return Err(too_large(max_bytes));
        }
        if length > FREE_BYTES {
            entered.take_place().map_err(Problem::closing)?;
        }
        // Nearly all bodies come in one piece, which needs no copy.
        if first.is_empty() && read.is_empty() {
            first = data;
        } else {
            read.extend_from_slice(&std::mem::take(&mut first));
            read.extend_from_slice(&data);
        }
    }
    entered.take_place()?;
    Ok(if read.is_empty() { first } else { read.freeze() })
}

/// The next piece of a body. A request whose caller has not sent it yet gives its place to others, or a few hundred
/// callers on bad lines could keep out all the rest.
async fn next(
    body: &mut Body,
    entered: &Entered,
    so_far: usize,
) -> Option<Result<Frame<Bytes>, axum::Error>> {
    poll_fn(|cx| {
        let polled = Pin::new(&mut *body).poll_frame(cx);
        if polled.is_pending() && so_far <= FREE_BYTES {
            entered.leave_place();
        }
        polled
    })
    .await
}

fn not_sent() -> Problem {
    Problem::new(&codes::BODY_TIMEOUT)
        .detail("The body did not come whole in time; nothing was begun. Send the whole request again.")
        .closing()
}

fn too_large(max_bytes: usize) -> Problem {
    Problem::new(&codes::BODY_TOO_LARGE)
        .detail(format!("The body has more than {max_bytes} bytes. Send less in one request."))
        .closing()
}

fn cut_off(parts: &Parts, error: &axum::Error) -> Problem {
    Problem::new(&codes::MALFORMED_BODY)
        .detail("The body ended early or was not framed as the headers say. Send the whole request again.")
        .cause(format_args!("the body of {} {} could not be read: {error}", parts.method, parts.uri.path()))
        .closing()
}
