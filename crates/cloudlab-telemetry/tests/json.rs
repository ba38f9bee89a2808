//! What a JSON line holds.
#![allow(clippy::unwrap_used)]

mod capture;

use std::fmt;

use cloudlab_telemetry::Format;
use serde_json::{Value, json};
use tracing::{error, info, info_span, warn};

/// Logs through `log` and returns the one line of that target, as JSON and as text.
fn line(target: &str, log: impl FnOnce()) -> (Value, String) {
    let telemetry = capture::start(Format::Json);
    log();
    let lines = capture::lines(&telemetry, &format!("\"target\":\"{target}\""));
    assert_eq!(lines.len(), 1, "{lines:?}");
    (serde_json::from_str(&lines[0]).unwrap(), lines[0].clone())
}

/// The fields without the timestamp, which nobody can foretell.
fn fields(target: &str, log: impl FnOnce()) -> Value {
    let (mut line, _) = line(target, log);
    line.as_object_mut().unwrap().remove("timestamp");
    line
}

#[test]
fn a_line_has_its_frame_and_its_fields_at_the_top_level() {
    let (line, text) = line("frame", || {
        info!(target: "frame", count = 3_u64, below = -1, ratio = 0.5, open = true, name = "a b", r#type = "x", "sold {}", 7);
    });
    let timestamp = line["timestamp"].as_str().unwrap();
    assert!(
        text.starts_with(&format!(
            "{{\"timestamp\":\"{timestamp}\",\"level\":\"INFO\",\"target\":\"frame\","
        ))
    );
    let shape: String = timestamp.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
    assert_eq!(line["message"], "sold 7");
    let expected = json!({"count": 3, "below": -1, "ratio": 0.5, "open": true, "name": "a b", "type": "x"});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&line[name], value);
    }
}

#[test]
fn fields_of_the_spans_around_are_flattened_and_the_inner_one_wins() {
    let line = fields("spans", || {
        let outer = info_span!("request", request_id = "r1", tenant = "t1", status = tracing::field::Empty);
        let _outer = outer.enter();
        outer.record("status", 200);
        let _inner = info_span!("store", tenant = "t2", table = %"gizmos", step = "x").entered();
        outer.record("status", 201);
        info!(target: "spans", step = 2, "stored");
    });
    let expected = json!({
        "level": "INFO", "target": "spans", "message": "stored", "step": 2,
        "tenant": "t2", "table": "gizmos", "request_id": "r1", "status": 201,
    });
    assert_eq!(line, expected);
}

#[test]
fn every_name_occurs_once_and_the_frame_is_kept() {
    let (line, text) = line("names", || {
        let _span = info_span!("span", level = "s", message = "m", timestamp = 1).entered();
        info!(target: "names", level = "high", timestamp = 2);
    });
    assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("")));
    assert_eq!((&line["field.level"], &line["field.timestamp"]), (&json!("high"), &json!(2)));
    assert_eq!(line["field.message"], "m");
    assert_eq!((text.matches("\"field.level\"").count(), text.matches("\"message\"").count()), (1, 1));
}

#[test]
fn the_message_of_a_span_does_not_replace_that_of_the_event() {
    let line = fields("span_message", || {
        let _span = info_span!("span", message = "m").entered();
        info!(target: "span_message", "e");
    });
    assert_eq!((&line["message"], &line["field.message"]), (&json!("e"), &json!("m")));
}

#[test]
fn secrets_are_stars() {
    let (line, text) = line("secrets", || {
        let span = info_span!("span", api_token = "hunter2", late_secret = tracing::field::Empty);
        let _span = span.enter();
        span.record("late_secret", "hunter2");
        info!(target: "secrets", user_password = "hunter2", Authorization = ?"hunter2", clientSECRET = 4711, pass = "x", "m");
    });
    for name in ["api_token", "late_secret", "user_password", "Authorization", "clientSECRET"] {
        assert_eq!(line[name], "***", "{name}");
    }
    assert!(!text.contains("hunter2") && !text.contains("4711"), "{text}");
    assert_eq!(line["pass"], "x");
}

#[test]
fn hostile_text_stays_inside_its_value() {
    let hostile = "a\"},\n{\"level\":\"ERROR\"\\ \r\t\u{1b}[2J\u{0}\u{7f} é…😀";
    let line = fields("hostile", || info!(target: "hostile", shown = %hostile, plain = hostile, "{hostile}"));
    assert_eq!((&line["shown"], &line["plain"]), (&json!(hostile), &json!(hostile)));
    assert_eq!(line["message"], hostile);
}

#[test]
fn huge_values_are_cut_between_characters() {
    let huge = "é".repeat(20_000);
    let line = fields("huge", || warn!(target: "huge", odd = format!("x{huge}"), debug = ?huge, "m"));
    let odd = line["odd"].as_str().unwrap();
    assert!(odd.ends_with("é…") && odd.len() < 17_000, "{} bytes", odd.len());
    assert!(line["debug"].as_str().unwrap().len() < 17_000);
}

#[test]
fn numbers_that_json_lacks_are_texts() {
    let line =
        fields("numbers", || info!(target: "numbers", nan = f64::NAN, wide = u128::MAX, max = u64::MAX, "m"));
    assert_eq!((&line["nan"], &line["wide"]), (&json!("NaN"), &json!(u128::MAX.to_string())));
    assert_eq!(line["max"], json!(u64::MAX));
}

#[derive(Debug)]
struct Failed(&'static str, Option<Box<Failed>>);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_ref().map(|cause| cause.as_ref() as _)
    }
}

#[test]
fn an_error_is_written_with_its_causes() {
    let because = |what, cause| Failed(what, Some(Box::new(cause)));
    let failed = because("no order", because("no stock", Failed("no answer", None)));
    let line = fields("chain", || error!(target: "chain", error = &failed as &dyn std::error::Error, "m"));
    assert_eq!(line["error"], "no order: no stock: no answer");
}

struct Chatty;

impl fmt::Debug for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(target: "chatty_inner", "inside");
        f.write_str("chatty")
    }
}

#[test]
fn a_value_that_logs_while_it_is_formatted_harms_no_line() {
    let telemetry = capture::start(Format::Json);
    let span = info_span!("span", value = tracing::field::Empty);
    let _span = span.enter();
    span.record("value", tracing::field::debug(Chatty));
    info!(target: "chatty", other = ?Chatty, "outside");
    assert_eq!(capture::lines(&telemetry, "\"chatty_inner\"").len(), 2);
    let outer = capture::lines(&telemetry, "\"target\":\"chatty\"");
    let line: Value = serde_json::from_str(&outer[0]).unwrap();
    assert_eq!((&line["value"], &line["other"]), (&json!("chatty"), &json!("chatty")));
}

#[test]
fn threads_do_not_mix_their_lines() {
    let telemetry = capture::start(Format::Json);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || (0..500).for_each(|count| info!(target: "threads", thread, count, "m")));
        }
    });
    let lines = capture::lines(&telemetry, "\"threads\"");
    assert_eq!(lines.len(), 4000);
    let sum: u64 = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["count"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, 8 * (499 * 500 / 2));
}
