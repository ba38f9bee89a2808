//! A batch of requests under one Sync.
//!
//! PostgreSQL runs everything up to a Sync as one transaction and answers it with one send. The driver ends every
//! request with a Sync of its own: each would be a transaction for itself without BEGIN and COMMIT around them, and
//! each costs the server a send and us a wake-up. This stream stands between the driver and the socket. Of the Syncs
//! of a batch it passes on the last one only, and it gives the driver the ReadyForQuery that it expects after every
//! request.
//!
//! After a refused request the server skips what follows up to the Sync. The driver gets the refusal, and for each
//! skipped request an error in the server's own words for it, only when the server says that it is ready again: a
//! connection that is given back then holds no lock and no transaction.
//!
//! **Invariant:** nothing but Syncs is left out of what the driver sends, and a batch is never cut in two: whatever
//! else wants to be sent within it is either answered as a part of it or ends the connection, which writes nothing.

use bytes::{Buf, BufMut, BytesMut};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

/// Room for what the socket has at once.
const READ_BYTES: usize = 8 * 1024;

/// Tells the stream how many of the next executed statements are one batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Together(Arc<AtomicUsize>);

impl Together {
    /// The next `statements` are one transaction. The caller has the connection for itself, and sends all of them or
    /// severs it.
    pub fn announce(&self, statements: usize) {
        self.0.store(statements, Ordering::Release);
    }

    fn take(&self) -> usize {
        self.0.swap(0, Ordering::AcqRel).max(1)
    }
}

/// The stream between driver and socket.
pub(super) struct OneSync<S> {
    socket: S,
    requests: Requests,
    answers: Answers,
    /// What the driver has yet to be answered, in the order in which it asked.
    awaited: VecDeque<Awaited>,
}

/// What ends the answer of one request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Awaited {
    /// The server's ReadyForQuery.
    Ready,
    /// The end of an executed statement whose Sync was left out.
    Executed,
    /// The end of a closed statement whose Sync was left out.
    Closed,
    /// The server's ReadyForQuery, for the whole batch.
    Committed,
}

/// What goes to the server.
struct Requests {
    together: Together,
    /// The frontend's first message has no type.
    started: bool,
    partial: BytesMut,
    ready: BytesMut,
    /// The type of the message before.
    before: u8,
    /// Executed statements of the batch that are still to come.
    left: usize,
    in_batch: bool,
}

/// What comes from the server.
#[derive(Default)]
struct Answers {
    partial: BytesMut,
    ready: BytesMut,
    /// The refusal of the batch, until the server is ready again.
    refusal: Option<BytesMut>,
    ended: bool,
}

impl<S> OneSync<S> {
    /// Around a socket that nothing was sent over yet.
    pub fn new(socket: S, together: Together) -> Self {
        let requests = Requests {
            together,
            started: false,
            partial: BytesMut::new(),
            ready: BytesMut::new(),
            before: 0,
            left: 0,
            in_batch: false,
        };
        Self { socket, requests, answers: Answers::default(), awaited: VecDeque::new() }
    }
}

impl Requests {
    fn take(&mut self, bytes: &[u8], awaited: &mut VecDeque<Awaited>) -> io::Result<()> {
        self.partial.extend_from_slice(bytes);
        if !self.started {
            let Some(first) = frame(&mut self.partial, 0)? else { return Ok(()) };
            self.ready.unsplit(first);
            self.started = true;
        }
        while let Some(message) = frame(&mut self.partial, 1)? {
            let kind = message[0];
            if kind != b'S' || self.passes(awaited)? {
                self.ready.extend_from_slice(&message);
            }
            match kind {
                b'Q' | b'F' if self.in_batch => return Err(broken("a query of its own within a batch")),
                b'Q' | b'F' => awaited.push_back(Awaited::Ready),
                _ => {}
            }
            self.before = kind;
        }
        Ok(())
    }

    /// Whether a Sync goes to the server.
    fn passes(&mut self, awaited: &mut VecDeque<Awaited>) -> io::Result<bool> {
        let executed = self.before == b'E';
        if executed && !self.in_batch {
            self.left = self.together.take();
            self.in_batch = self.left > 1;
        }
        let what = match self.before {
            _ if !self.in_batch => Awaited::Ready,
            b'E' if self.left == 1 => Awaited::Committed,
            b'E' => Awaited::Executed,
            b'C' => Awaited::Closed,
            _ => return Err(broken("a request that cannot be part of a batch")),
        };
        if executed {
            self.left -= 1;
        }
        self.in_batch = self.left > 0;
        awaited.push_back(what);
        Ok(matches!(what, Awaited::Ready | Awaited::Committed))
    }
}

impl Answers {
    fn take(&mut self, awaited: &mut VecDeque<Awaited>) -> io::Result<()> {
        while let Some(message) = frame(&mut self.partial, 1)? {
            match (message[0], awaited.front()) {
                (b'E', Some(Awaited::Executed | Awaited::Closed | Awaited::Committed)) => {
                    self.refusal = Some(message);
                }
                (b'Z', _) => {
                    self.settle(awaited);
                    self.ready.extend_from_slice(&message);
                }
                (kind, what) => {
                    self.ready.extend_from_slice(&message);
                    if what.is_some_and(|what| what.ends_with(kind)) {
                        awaited.pop_front();
                        self.ready.extend_from_slice(&IN_TRANSACTION);
                    }
                }
            }
        }
        Ok(())
    }

    /// The server is ready: ends the request that waits for it, after a refusal every request of the batch.
    fn settle(&mut self, awaited: &mut VecDeque<Awaited>) {
        let Some(refusal) = self.refusal.take() else {
            awaited.pop_front();
            return;
        };
        self.ready.unsplit(refusal);
        while let Some(Awaited::Executed | Awaited::Closed) = awaited.pop_front() {
            self.ready.extend_from_slice(&IN_TRANSACTION);
            self.ready.extend_from_slice(&skipped());
        }
    }

    /// The socket has ended: what is there is all that the driver will ever see.
    fn end(&mut self) {
        self.ended = true;
        self.ready.unsplit(self.refusal.take().unwrap_or_default());
        self.ready.unsplit(self.partial.split());
    }
}

impl Awaited {
    /// Whether a message is the last one of an answer whose ReadyForQuery was left out with its Sync.
    const fn ends_with(self, kind: u8) -> bool {
        match self {
            // CommandComplete, EmptyQueryResponse, PortalSuspended.
            Self::Executed => matches!(kind, b'C' | b'I' | b's'),
            Self::Closed => kind == b'3',
            Self::Ready | Self::Committed => false,
        }
    }
}

/// ReadyForQuery, in a transaction.
const IN_TRANSACTION: [u8; 6] = [b'Z', 0, 0, 0, 5, b'T'];

/// The answer to a request that the server skipped.
fn skipped() -> BytesMut {
    let fields = "SERROR\0VERROR\0C25P02\0Mskipped: an earlier statement of the transaction was refused\0\0";
    let mut message = BytesMut::with_capacity(fields.len() + 5);
    message.put_u8(b'E');
    message.put_u32(fields.len() as u32 + 4);
    message.put_slice(fields.as_bytes());
    message
}

/// Takes one whole message: its kind, if it has one, and what follows with its length.
fn frame(buffer: &mut BytesMut, kind: usize) -> io::Result<Option<BytesMut>> {
    let Some(mut length) = buffer.get(kind..kind + 4) else { return Ok(None) };
    let length = usize::try_from(length.get_i32()).ok().filter(|length| *length >= 4);
    let whole = kind + length.ok_or_else(|| broken("a message without a length"))?;
    if buffer.len() < whole {
        buffer.reserve(whole - buffer.len());
        return Ok(None);
    }
    Ok(Some(buffer.split_to(whole)))
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the protocol is broken: {what}"))
}

impl<S: AsyncWrite + Unpin> OneSync<S> {
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.requests.ready.is_empty() {
            let sent = ready!(Pin::new(&mut self.socket).poll_write(context, &self.requests.ready))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.requests.ready.advance(sent);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for OneSync<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // What was taken before goes first, so that a socket that takes nothing stops the driver too.
        ready!(self.poll_send(context))?;
        let Self { requests, awaited, .. } = &mut *self;
        requests.take(bytes, awaited)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(context))?;
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(context))?;
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for OneSync<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { socket, answers, awaited, .. } = &mut *self;
        while answers.ready.is_empty() && !answers.ended {
            answers.partial.reserve(READ_BYTES);
            if ready!(poll_read_buf(Pin::new(&mut *socket), context, &mut answers.partial))? == 0 {
                answers.end();
            } else {
                answers.take(awaited)?;
            }
        }
        let some = answers.ready.len().min(into.remaining());
        into.put_slice(&answers.ready.split_to(some));
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
#[path = "one_sync_tests.rs"]
mod tests;
