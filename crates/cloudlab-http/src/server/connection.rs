//! One connection: requests one after the other, until it is idle for too long or the server stops.

use super::io::Io;
use super::state::{Order, Running, State};
use super::{Limits, Phase};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use axum::routing::future::RouteFuture;
use http::Request;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use pin_project_lite::pin_project;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;
use tower::Service as _;

/// What connections need to run.
#[derive(Clone)]
pub(super) struct Connection {
    http: http1::Builder,
    router: Router,
    idle_timeout: Duration,
    phase: watch::Receiver<Phase>,
}

impl Connection {
    pub(super) fn new(router: Router, limits: &Limits, phase: watch::Receiver<Phase>) -> Self {
        let mut http = http1::Builder::new();
        // hyper's own timer is set anew for each request; one timer per connection does the same for less.
        http.header_read_timeout(None).max_header_size(limits.max_header_bytes);
        Self { http, router, idle_timeout: limits.idle_timeout, phase }
    }

    pub(super) async fn run(self, stream: TcpStream) {
        let state = Arc::new(State::default());
        let watch = watch_over(Arc::clone(&state), self.phase, self.idle_timeout);
        // A task of its own, so that timer and shutdown are not looked at with every piece of every request.
        let _watch = AbortOnDropHandle::new(tokio::spawn(watch));
        let requests = Requests { router: self.router, state: Arc::clone(&state) };
        let io = Io::new(stream, Arc::clone(&state));
        let mut connection = pin!(self.http.serve_connection(io, requests).with_upgrades());
        let ended = poll_fn(|cx| {
            loop {
                // The connection first: a request that has arrived before the shutdown is answered.
                if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
                    return Poll::Ready(ended);
                }
                match ready!(state.poll_order(cx)) {
                    Order::Stop => connection.as_mut().graceful_shutdown(),
                    Order::End => return Poll::Ready(Ok(())),
                    // A request may have come since the order was given; only here can nobody come in between.
                    Order::EndIfIdle if state.is_idle() => return Poll::Ready(Ok(())),
                    Order::EndIfIdle => {}
                }
            }
        });
        if let Err(error) = ended.await {
            tracing::debug!(%error, "a connection broke");
        }
    }
}

/// Has the connection end when it has been idle for too long, and passes on what the server says.
async fn watch_over(state: Arc<State>, mut phase: watch::Receiver<Phase>, idle_timeout: Duration) {
    loop {
        let now = *phase.borrow_and_update();
        match now {
            Phase::Serving => {}
            Phase::Draining => state.order(Order::Stop),
            Phase::Aborting => return state.order(Order::End),
        }
        tokio::select! {
            // A server that is gone has aborted.
            changed = phase.changed() => if changed.is_err() { return state.order(Order::End) },
            () = sleep(idle_timeout) => if state.was_idle() { state.order(Order::EndIfIdle) },
        }
    }
}

/// The router as hyper calls it.
struct Requests {
    router: Router,
    state: Arc<State>,
}

impl Service<Request<Incoming>> for Requests {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        let running = Running::begin(&self.state);
        let request = request.map(|body| {
            if body.is_end_stream() {
                return Body::empty();
            }
            Body::new(RequestBody { body, ended: false, state: Arc::clone(&self.state) })
        });
        Answering { reply: self.router.clone().call(request), running: Some(running) }
    }
}

pin_project! {
    struct Answering {
        #[pin]
        reply: RouteFuture<Infallible>,
        running: Option<Running>,
    }
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Ok(response) = ready!(this.reply.poll(cx));
        let running = this.running.take();
        if response.body().size_hint().exact().is_some() {
            return Poll::Ready(Ok(response));
        }
        // A stream may be silent for long; it ends when its handler says so.
        Poll::Ready(Ok(response.map(|body| Body::new(Streaming { body, _running: running }))))
    }
}

/// A body whose reader may stop before its end.
struct RequestBody {
    body: Incoming,
    ended: bool,
    state: Arc<State>,
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.ended = matches!(frame, None | Some(Err(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if !self.ended && !self.body.is_end_stream() {
            self.state.left_body();
        }
    }
}

/// A reply of unknown length.
struct Streaming {
    body: Body,
    _running: Option<Running>,
}

impl HttpBody for Streaming {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
