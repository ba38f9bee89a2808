//! Reads a body whole, up to a limit.

use super::parse::check_media;
use crate::problem::{Problem, codes};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http_body::Body as _;
use std::future::poll_fn;
use std::pin::Pin;

/// Reads a body of at most `max_bytes`, which must be said to be JSON unless it is empty.
///
/// A body that is announced and will be refused is not read at all, so a caller who waits for `100 Continue` sends none
/// of it. One that sends all the same still reads the reply: the server drains what is left of a request.
pub(crate) async fn read(parts: &Parts, body: Body, max_bytes: usize) -> Result<Bytes, Problem> {
    let announced = body.size_hint().lower();
    if announced > 0 {
        check_media(parts)?;
    }
    if announced > max_bytes as u64 {
        return Err(too_large(max_bytes));
    }
    let bytes = read_all(parts, body, max_bytes).await?;
    if announced == 0 && !bytes.is_empty() {
        check_media(parts)?;
    }
    Ok(bytes)
}

async fn read_all(parts: &Parts, mut body: Body, max_bytes: usize) -> Result<Bytes, Problem> {
    let mut read = BytesMut::new();
    let mut first = Bytes::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|error| cut_off(parts, &error))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + read.len() + data.len() > max_bytes {
            return Err(too_large(max_bytes));
        }
        // Nearly all bodies come in one piece, which needs no copy.
        if first.is_empty() && read.is_empty() {
            first = data;
        } else {
            read.extend_from_slice(&std::mem::take(&mut first));
            read.extend_from_slice(&data);
        }
    }
    Ok(if read.is_empty() { first } else { read.freeze() })
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
