//! The edge as a service with one future. Nothing in it allocates but the request id and the context.

use super::call::Call;
use super::context::Entered;
use super::route::Route;
use super::{Shared, enter};
use crate::problem::{Problem, deadline_exceeded};
use axum::response::{IntoResponse, Response};
use cloudlab_core::{Deadline, RequestContext};
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
    shared: Arc<Shared>,
    route: Arc<OnceLock<Arc<Route>>>,
}

impl<S> EdgeService<S> {
    pub(super) fn new(inner: S, shared: Arc<Shared>) -> Self {
        Self { inner, shared, route: Arc::new(OnceLock::new()) }
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
        // The router has matched before it calls, and gives each route a service of its own.
        let route = self.route.get_or_init(|| Route::of(request.extensions()));
        let mut call = Call::begin(&self.shared, route, &request);
        let admitted = call.admit().and_then(|()| context(&mut call, &request));
        let context = match admitted {
            Ok(context) => context,
            Err(problem) => return EdgeFuture::answered(call, problem),
        };
        request.extensions_mut().insert(Entered {
            context,
            shared: Arc::clone(&self.shared),
            route: Arc::clone(route),
            uri: call.uri.clone(),
        });
        let span = call.span.clone();
        let _entered = span.enter();
        match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(inner) => EdgeFuture { step: Step::Running { inner, sleep: None }, call: Some(call) },
            Err(panic) => {
                let problem = call.panicked(&*panic);
                EdgeFuture::answered(call, problem)
            }
        }
    }
}

fn context<B>(call: &mut Call, request: &Request<B>) -> Result<Option<RequestContext>, Problem> {
    let tenancy = call.shared.settings.tenancy;
    let tenant = enter::tenant(request.headers(), tenancy, call.route.kind)?;
    call.observe(tenant, enter::trace(request.headers()));
    Ok(tenant.map(|tenant| {
        RequestContext::new(tenant, call.shared.anonymous.clone(), Arc::clone(&call.request_id))
            .with_trace(call.trace.clone())
            .with_deadline(Deadline::at(call.deadline))
    }))
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
        Running { #[pin] inner: F, #[pin] sleep: Option<Sleep> },
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
    mut sleep: Pin<&mut Option<Sleep>>,
    call: &Call,
    cx: &mut Context<'_>,
) -> Poll<Option<Response>> {
    let _entered = call.span.enter();
    match catch_unwind(AssertUnwindSafe(|| inner.poll(cx))) {
        Ok(Poll::Ready(Ok(response))) => return Poll::Ready(Some(response)),
        Ok(Poll::Pending) => {}
        Err(panic) => return Poll::Ready(Some(call.panicked(&*panic).into_response())),
    }
    if sleep.is_none() {
        sleep.set(Some(sleep_until(Instant::from_std(call.deadline))));
    }
    if let Some(sleep) = sleep.as_pin_mut() {
        ready!(sleep.poll(cx));
    }
    Poll::Ready(Some(deadline_exceeded().into_response()))
}
