//! The edge as a service with one future. All that it keeps of a request is one allocation.

use super::Shared;
use super::call::Call;
use super::context::{Around, Entered};
use super::enter::EdgeHeaders;
use super::route::{Route, method_index};
use crate::problem::{Problem, deadline_exceeded};
use axum::response::{IntoResponse, Response};
use http::Request;
use pin_project_lite::pin_project;
use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use tokio::time::{Instant, Sleep, sleep_until};
use tower::Service;

/// The edge around the service of one route.
#[derive(Clone)]
pub struct EdgeService<S> {
    inner: S,
    around: Arc<Around>,
}

impl<S> EdgeService<S> {
    pub(super) fn new(inner: S, shared: Arc<Shared>) -> Self {
        Self { inner, around: Arc::new(Around { shared, route: OnceLock::new() }) }
    }
}

impl<S, B> Service<Request<B>> for EdgeService<S>
where
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = EdgeFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let (call, entered) = enter(&self.around, &request);
        if let Err(problem) = entered {
            return EdgeFuture::answered(call, problem);
        }
        request.extensions_mut().insert(Arc::clone(&call.entered));
        let inner = {
            let _entered = call.span.enter();
            catch_unwind(AssertUnwindSafe(|| self.inner.call(request)))
        };
        match inner {
            Ok(inner) => EdgeFuture { step: Step::Running { inner, sleep: None }, call: Some(call) },
            Err(panic) => {
                let problem = call.panicked(&*panic);
                EdgeFuture::answered(call, problem)
            }
        }
    }
}

/// Reads the head of a request and takes its place, or says why it may not run.
fn enter<B>(around: &Arc<Around>, request: &Request<B>) -> (Call, Result<(), Problem>) {
    // The router has matched before it calls, and gives each route a service of its own.
    let route = around.route.get_or_init(|| Route::of(request.extensions()));
    let headers = EdgeHeaders::of(request.headers());
    let request_id = headers.request_id(&*around.shared.ids);
    let method = method_index(request.method());
    let mut entered = Entered::new(Arc::clone(around), request.uri().clone(), request_id, method);
    let known =
        entered.take_place().and_then(|()| headers.tenant(around.shared.settings.tenancy, route.kind));
    let known = known.map(|tenant| {
        entered.tenant = tenant;
        entered.trace = headers.trace();
    });
    (Call::new(entered), known)
}

pin_project! {
    /// A request on its way.
    pub struct EdgeFuture<F> {
        #[pin]
        step: Step<F>,
        call: Option<Call>,
    }
}

pin_project! {
    #[project = StepProjection]
    enum Step<F> {
        // The timer is set only when the handler has to wait, which most of the fastest never do.
        Running { #[pin] inner: F, sleep: Option<Pin<Box<Sleep>>> },
        Answered { problem: Option<Problem> },
    }
}

impl<F> EdgeFuture<F> {
    fn answered(call: Call, problem: Problem) -> Self {
        Self { step: Step::Answered { problem: Some(problem) }, call: Some(call) }
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for EdgeFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let response = match (this.step.as_mut().project(), this.call.as_ref()) {
            (StepProjection::Running { inner, sleep }, Some(call)) => ready!(drive(inner, sleep, call, cx)),
            (StepProjection::Answered { problem }, _) => problem.take().map(IntoResponse::into_response),
            _ => None,
        };
        // Frees what the handler holds, now and not when the reply has been sent.
        this.step.set(Step::Answered { problem: None });
        match (response, this.call.take()) {
            (Some(response), Some(call)) => Poll::Ready(Ok(call.finish(response))),
            // Only a future that is polled after its end comes here; such a one never ends.
            _ => Poll::Pending,
        }
    }
}

fn drive<F: Future<Output = Result<Response, Infallible>>>(
    inner: Pin<&mut F>,
    sleep: &mut Option<Pin<Box<Sleep>>>,
    call: &Call,
    cx: &mut Context<'_>,
) -> Poll<Option<Response>> {
    let _entered = call.span.enter();
    match catch_unwind(AssertUnwindSafe(|| inner.poll(cx))) {
        Ok(Poll::Ready(Ok(response))) => return Poll::Ready(Some(response)),
        Ok(Poll::Pending) => {}
        Err(panic) => return Poll::Ready(Some(call.panicked(&*panic).into_response())),
    }
    let deadline = || Box::pin(sleep_until(Instant::from_std(call.entered.deadline())));
    ready!(sleep.get_or_insert_with(deadline).as_mut().poll(cx));
    Poll::Ready(Some(deadline_exceeded().into_response()))
}
