use std::cell::RefCell;
use std::sync::Arc;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::encoding::{Value, write_json_text};
use crate::fields::{Sink, SpanFields, Visitor};
use crate::options::Format;
use crate::queue::Queue;
use crate::timestamp::Timestamp;

/// A buffer that one huge line has grown beyond this is given back.
const KEPT_BYTES: usize = 64 << 10;

const MESSAGE: &str = "message";

thread_local! {
    static LINE: RefCell<Line> = RefCell::new(Line::default());
}

/// Turns events into lines on the queue.
pub(crate) struct Lines {
    pub(crate) format: Format,
    pub(crate) coloured: bool,
    pub(crate) queue: Arc<Queue>,
}

impl Lines {
    fn log<S>(&self, line: &mut Line, event: &Event<'_>, ctx: &Context<'_, S>)
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        line.open(self.format, self.coloured, event.metadata());
        event.record(&mut Visitor(line));
        line.ensure_message();
        for span in ctx.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<SpanFields>() {
                fields.iter().for_each(|(name, value)| line.take_from_span(name, value));
            }
        }
        line.close();
        self.queue.push(&line.bytes);
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id).filter(|_| !attributes.fields().is_empty()) {
            let mut fields = SpanFields::new(self.format);
            attributes.record(&mut Visitor(&mut fields));
            span.extensions_mut().replace(fields);
        }
    }

    /// The values are formatted before the span is locked, because a value that logs while it is being formatted would
    /// wait for that lock for ever.
    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        let mut later = SpanFields::new(self.format);
        values.record(&mut Visitor(&mut later));
        if let Some(span) = ctx.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<SpanFields>()
        {
            fields.merge(&later);
        }
    }

    /// The thread's buffer is taken when a value logs while it is being formatted, and gone when the thread ends.
    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let logged = LINE.try_with(|line| match line.try_borrow_mut() {
            Ok(mut line) => self.log(&mut line, event, &ctx),
            Err(_) => self.log(&mut Line::default(), event, &ctx),
        });
        if logged.is_err() {
            self.log(&mut Line::default(), event, &ctx);
        }
    }
}

/// A line in the making.
#[derive(Default)]
struct Line {
    format: Format,
    bytes: Vec<u8>,
    /// Names that are taken: JSON allows each once.
    names: Vec<&'static str>,
}

impl Line {
    fn open(&mut self, format: Format, coloured: bool, metadata: &Metadata<'_>) {
        self.format = format;
        self.names.clear();
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_BYTES);
        match format {
            Format::Json => self.open_json(metadata),
            Format::Text => self.open_text(coloured, metadata),
        }
    }

    fn open_json(&mut self, metadata: &Metadata<'_>) {
        self.append("{\"timestamp\":\"");
        Timestamp::now().write_rfc3339(&mut self.bytes);
        self.append("\",\"level\":\"");
        self.append(metadata.level().as_str());
        self.append("\",\"target\":");
        write_json_text(metadata.target(), &mut self.bytes);
    }

    fn open_text(&mut self, coloured: bool, metadata: &Metadata<'_>) {
        Timestamp::now().write_clock(&mut self.bytes);
        let (before, after) = if coloured { (colour(*metadata.level()), "\x1b[0m") } else { ("", "") };
        for part in [before, padded(*metadata.level()), after, " ", metadata.target(), ":"] {
            self.append(part);
        }
    }

    fn close(&mut self) {
        if self.format == Format::Json {
            self.append("}");
        }
        self.append("\n");
    }

    /// An event of fields alone has an empty message, so that readers of JSON need no special case.
    fn ensure_message(&mut self) {
        if self.format == Format::Json && !self.names.contains(&MESSAGE) {
            self.append(",\"message\":\"\"");
        }
    }

    fn take_from_span(&mut self, name: &'static str, value: &[u8]) {
        let name = if name == MESSAGE { "field.message" } else { beside_frame(name) };
        if !self.names.contains(&name) {
            self.begin(name);
            self.bytes.extend_from_slice(value);
        }
    }

    /// Writes all up to the value.
    fn begin(&mut self, name: &'static str) {
        self.names.push(name);
        let (before, after) = match self.format {
            Format::Json => (",\"", "\":"),
            Format::Text => (" ", "="),
        };
        for part in [before, name, after] {
            self.append(part);
        }
    }

    fn append(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

impl Sink for Line {
    fn take(&mut self, name: &'static str, value: &Value<'_>) {
        if self.format == Format::Text && name == MESSAGE {
            self.names.push(name);
            self.append(" ");
            return value.write_message(&mut self.bytes);
        }
        self.begin(beside_frame(name));
        value.write(self.format, &mut self.bytes);
    }
}

/// The name under which a field is written. Those of the frame are taken.
fn beside_frame(name: &'static str) -> &'static str {
    match name {
        "timestamp" => "field.timestamp",
        "level" => "field.level",
        "target" => "field.target",
        _ => name,
    }
}

fn padded(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => " WARN",
        Level::INFO => " INFO",
        Level::DEBUG => "DEBUG",
        Level::TRACE => "TRACE",
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}
