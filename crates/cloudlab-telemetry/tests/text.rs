//! What a person reads in development.

mod capture;

use cloudlab_telemetry::Format;
use tracing::{info_span, warn};

#[test]
fn a_line_of_text_reads_from_left_to_right() {
    let telemetry = capture::start(Format::Text);
    let _span = info_span!("request", request_id = "r1", token = "hunter2").entered();
    warn!(target: "shop", count = 3, name = "a b", "two\nlines \"quoted\" \u{1b}[2J");
    let lines = capture::lines(&telemetry, "");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(&lines[0][12..], "  WARN shop: two");
    assert_eq!(lines[1], "lines \"quoted\" \\u001b[2J count=3 name=\"a b\" request_id=r1 token=***");
}
