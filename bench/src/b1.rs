//! B1: HTTP through the whole edge, beside bare axum.

use crate::process::Process;
use crate::report::{self, Line};
use crate::{Fallible, Plan, load};
use axum::Router;
use axum::routing::get;
use cloudlab_chassis::SystemIds;
use cloudlab_http::{Edge, Limits, Server, Settings, Tenancy};
use std::sync::Arc;

/// A round takes turns this often, so that a machine that slows down for a second slows down all sides.
const SLICES: u32 = 9;

fn hello() -> Router {
    Router::new().route("/v1/hello/{name}", get(async || "hello"))
}

/// Serves the handler on axum alone.
pub async fn serve_bare() -> Fallible<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{{\"public\":\"{}\"}}", listener.local_addr()?);
    Ok(axum::serve(listener, hello()).await?)
}

/// Serves the same handler behind the edge.
pub async fn serve_edge() -> Fallible<()> {
    let server = Server::bind(([127, 0, 0, 1], 0).into(), Limits::default()).await?;
    println!("{{\"public\":\"{}\"}}", server.local_addr());
    let edge =
        Edge::new(Settings { tenancy: Tenancy::Development, ..Settings::default() }, Arc::new(SystemIds));
    // The recorder must be there: without one every metric would cost nothing.
    let telemetry = cloudlab_chassis::telemetry::Telemetry::start(&Default::default())?;
    server.serve(edge.around(hello()), std::future::pending()).await;
    drop(telemetry);
    Ok(())
}

/// Measures.
pub async fn run(plan: &Plan) -> Fallible<Vec<Line>> {
    let (bare, edge) = (Process::form("bare", &[])?, Process::form("edge", &[])?);
    let measure = async |side: usize, length| {
        let process = [&bare, &edge, &bare][side];
        let outcome = load::run(process.address, 64, length, |_, out| {
            out.extend_from_slice(b"GET /v1/hello/you HTTP/1.1\r\nhost: bench\r\n\r\n");
        });
        Ok(outcome.await?.per_second)
    };
    let [limit, ours, again] = load::in_sliced_rounds(plan, SLICES, measure).await?;
    let ratios = report::ratios(&ours, &limit);
    Ok(vec![
        Line {
            bar: "B1",
            what: "GET through the edge, 64 connections, beside bare axum".into(),
            limit: format!("{:.0}/s", report::median(&limit)),
            ours: format!("{:.0}/s", report::median(&ours)),
            met: Some(report::median(&ratios) >= 0.80),
            ratios,
            bar_asks: ">= 0.80",
        },
        Line {
            bar: "A/A",
            what: "bare axum beside itself".into(),
            limit: format!("{:.0}/s", report::median(&limit)),
            ours: format!("{:.0}/s", report::median(&again)),
            met: Some((0.97..=1.03).contains(&report::median(&report::ratios(&again, &limit)))),
            ratios: report::ratios(&again, &limit),
            bar_asks: "0.97 to 1.03",
        },
    ])
}
