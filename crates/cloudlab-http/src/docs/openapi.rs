//! What all operations of a service have in common, written once and put into each.

use super::references::refer;
use crate::edge::Kind;
use crate::precondition::{IfMatch, IfNoneMatch};
use crate::problem::{FieldError, MEDIA_TYPE, Problem};
use cloudlab_core::Words;
use http::StatusCode;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{
    Components, Content, HeaderBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};
use utoipa::{IntoParams, IntoResponses, PartialSchema, ToSchema};

/// The problems of an operation that reads, for `responses((status = 200, ..), ReadProblems)`.
#[derive(Clone, Copy, Debug)]
pub struct ReadProblems;

/// The problems of an operation that changes something, for `responses((status = 201, ..), CommandProblems)`.
#[derive(Clone, Copy, Debug)]
pub struct CommandProblems;

const READ: &[(&str, &str)] = &[
    ("400", "A header, the query or the cursor is malformed."),
    ("401", "The tenant is missing."),
    ("404", "There is no such resource for this caller."),
    ("500", "A defect of the service."),
    ("503", "The service is overloaded, or something that it needs is away; see `Retry-After`."),
    ("504", "The deadline passed."),
];

const COMMAND: &[(&str, &str)] = &[
    ("408", "The body did not come in time; nothing was begun."),
    ("409", "The present state, a unique value or a running request with the same key forbids it."),
    ("412", "The resource has another version than `If-Match` names."),
    ("413", "The body is too large."),
    ("415", "The content type is not one that the operation reads."),
    ("422", "Fields are invalid, or the key was used for another request."),
];

impl IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        READ.iter().map(problem).collect()
    }
}

impl IntoResponses for CommandProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        READ.iter().chain(COMMAND).map(problem).collect()
    }
}

fn problem((status, description): &(&str, &str)) -> (String, RefOr<Response>) {
    let content = Content::new(Some(Ref::from_schema_name(Problem::name())));
    let response = ResponseBuilder::new().description(*description).content(MEDIA_TYPE, content).build();
    ((*status).to_owned(), RefOr::T(response))
}

/// Adds to a document what the edge does for every operation: the schema of problems, and the headers of tenant,
/// idempotency key and precondition, of requests and of replies. Operations that name such a header themselves keep
/// theirs. Replies without a description get the operation's summary, since OpenAPI demands one.
#[must_use]
pub fn complete(mut openapi: OpenApi) -> OpenApi {
    let schemas = &mut openapi.components.get_or_insert_with(Components::new).schemas;
    schemas.insert(Problem::name().into_owned(), Problem::schema());
    schemas.insert(FieldError::name().into_owned(), FieldError::schema());
    refer(schemas);
    let paths: Vec<String> = openapi.paths.paths.keys().cloned().collect();
    for (path, item) in &mut openapi.paths.paths {
        if Kind::of(path) == Kind::Api {
            put_under_resource(path, item);
            let below = format!("{path}/{{");
            let has_members =
                paths.iter().any(|other| other.strip_prefix(&below).is_some_and(|rest| rest.ends_with('}')));
            complete_requests(item);
            complete_replies(path, item, has_members);
        }
        operations(item).for_each(describe);
    }
    openapi
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

fn complete_requests(item: &mut PathItem) {
    operations(item).for_each(|operation| add(operation, tenant()));
    for operation in [&mut item.post, &mut item.patch].into_iter().flatten() {
        add(operation, idempotency_key());
    }
    if let Some(patch) = &mut item.patch {
        add(patch, if_match(Required::True));
        if let Some(RefOr::T(body)) = &mut patch.request_body
            && let Some(json) = body.content.get("application/json").cloned()
        {
            body.content.entry("application/merge-patch+json".to_owned()).or_insert(json);
        }
    }
}

fn complete_replies(path: &str, item: &mut PathItem, has_members: bool) {
    if !path.contains('{') {
        // Nothing is asked for that could be missing or have another version.
        operations(item).for_each(|operation| forget(operation, &["404", "412"]));
    }
    for operation in [&mut item.post, &mut item.patch].into_iter().flatten() {
        replies(operation, "Idempotency-Replayed", "`true` when this is the reply to an earlier request.");
    }
    if let Some(post) = item.post.as_mut().filter(|_| has_members) {
        replies(post, "Location", "The path of what was created.");
        replies(post, ETAG, VERSION);
    }
    if let Some(patch) = &mut item.patch {
        patch.responses.responses.entry("428".to_owned()).or_insert_with(|| {
            problem(&("428", "The change must say for which version it is meant, in `If-Match`.")).1
        });
    }
    for operation in [&mut item.get, &mut item.post, &mut item.patch].into_iter().flatten() {
        let (changes, reads) = (has(operation, "If-Match"), has(operation, "If-None-Match"));
        if changes || reads {
            replies(operation, ETAG, VERSION);
        }
        if reads {
            let known = ResponseBuilder::new().description("The caller has this version already.").build();
            operation.responses.responses.entry("304".to_owned()).or_insert(RefOr::T(known));
        }
    }
}

/// Takes back problems that stand for every operation; those that an operation describes itself stay.
fn forget(operation: &mut Operation, statuses: &[&str]) {
    let of_every = CommandProblems::responses();
    operation.responses.responses.retain(|status, response| {
        !statuses.contains(&status.as_str()) || of_every.get(status) != Some(&*response)
    });
}

fn describe(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            let summary = operation.summary.as_deref().filter(|_| status.starts_with('2'));
            let code = status.parse().ok().and_then(|code: u16| StatusCode::from_u16(code).ok());
            let reason = code.and_then(|code| code.canonical_reason());
            response.description = summary.or(reason).unwrap_or("Another reply.").to_owned();
        }
    }
}

/// Operations without a tag get the resource of their path as one: `/v1/parcels/{id}/stop` is about `parcels`.
fn put_under_resource(path: &str, item: &mut PathItem) {
    let Some(resource) = path.split(['/', ':']).nth(2).filter(|resource| !resource.starts_with('{')) else {
        return;
    };
    for operation in operations(item) {
        let tags = operation.tags.get_or_insert_default();
        if tags.is_empty() {
            tags.push(resource.to_owned());
        }
    }
}

/// The schema of a field or parameter that is one of some words, which the domain declares without knowing of schemas:
/// `type SortWord = Word<Sort>` and `#[param(value_type = Option<SortWord>, inline)]`. utoipa wants a name, since it
/// would describe the domain's enum itself if it saw it.
#[derive(Clone, Copy, Debug)]
pub struct Word<T>(PhantomData<T>);

impl<T: Words> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(T::WORDS.iter().copied())).into()
    }
}

impl<T: Words> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Word")
    }
}

const ETAG: &str = "ETag";
const VERSION: &str = "The version of the resource, for `If-Match` and `If-None-Match`.";

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![if_match(Required::False)]
    }
}

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        vec![header("If-None-Match", "The `ETag` of the version that is known.", text, Required::False)]
    }
}

fn has(operation: &Operation, name: &str) -> bool {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    parameters.iter().any(|known| matches!(known, RefOr::T(known) if known.name.eq_ignore_ascii_case(name)))
}

/// Adds a header to the replies that say that it worked.
fn replies(operation: &mut Operation, name: &str, description: &str) {
    for (_, response) in
        operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2'))
    {
        if let RefOr::T(response) = response {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let header = HeaderBuilder::new().description(Some(description)).schema(Some(text)).build();
            response.headers.entry(name.to_owned()).or_insert(RefOr::T(header));
        }
    }
}

fn add(operation: &mut Operation, parameter: Parameter) {
    if !has(operation, &parameter.name) {
        operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
    }
}

fn tenant() -> Parameter {
    let uuid = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    header("x-tenant-id", "The tenant. Required outside development.", uuid, Required::False)
}

fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    let description =
        "Executes the request once, however often it is sent: a repetition gets the first reply.";
    header("Idempotency-Key", description, text, Required::False)
}

fn if_match(required: Required) -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String);
    header("If-Match", "The `ETag` of the version for which the change is meant.", text, required)
}

fn header(name: &str, description: &str, schema: ObjectBuilder, required: Required) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
