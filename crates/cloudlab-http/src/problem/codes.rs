//! The codes that every service can answer with; a service adds its own. Their pages are those of `docs/errors` in the
//! repository: this crate carries them, since a generated service has only this crate.

use super::Code;

/// The body is not JSON, or cannot be read.
pub static MALFORMED_BODY: Code = code(
    "malformed_body",
    400,
    "The body is not JSON, or cannot be read",
    include_str!("../../pages/malformed_body.md"),
);
/// A query parameter has a wrong form or value.
pub static MALFORMED_QUERY: Code = code(
    "malformed_query",
    400,
    "A query parameter has a wrong form or value",
    include_str!("../../pages/malformed_query.md"),
);
/// The page cursor was not made by this service.
pub static MALFORMED_CURSOR: Code = code(
    "malformed_cursor",
    400,
    "The page cursor was not made by this service",
    include_str!("../../pages/malformed_cursor.md"),
);
/// A request header has a form that cannot be used.
pub static MALFORMED_HEADER: Code = code(
    "malformed_header",
    400,
    "A request header has a form that cannot be used",
    include_str!("../../pages/malformed_header.md"),
);
/// The request cannot be read as the operation needs it.
pub static MALFORMED_REQUEST: Code = code(
    "malformed_request",
    400,
    "The request cannot be read as the operation needs it",
    include_str!("../../pages/malformed_request.md"),
);
/// No valid credentials were given.
pub static UNAUTHENTICATED: Code = code(
    "unauthenticated",
    401,
    "No valid credentials were given",
    include_str!("../../pages/unauthenticated.md"),
);
/// The request belongs to no tenant.
pub static TENANT_REQUIRED: Code = code(
    "tenant_required",
    401,
    "The request belongs to no tenant",
    include_str!("../../pages/tenant_required.md"),
);
/// The principal may not do this.
pub static FORBIDDEN: Code =
    code("forbidden", 403, "The principal may not do this", include_str!("../../pages/forbidden.md"));
/// There is no such resource for this caller.
pub static NOT_FOUND: Code = code(
    "not_found",
    404,
    "There is no such resource for this caller",
    include_str!("../../pages/not_found.md"),
);
/// No operation has this path.
pub static ROUTE_NOT_FOUND: Code = code(
    "route_not_found",
    404,
    "No operation has this path",
    include_str!("../../pages/route_not_found.md"),
);
/// The path exists, but not with this method.
pub static METHOD_NOT_ALLOWED: Code = code(
    "method_not_allowed",
    405,
    "The path exists, but not with this method",
    include_str!("../../pages/method_not_allowed.md"),
);
/// The caller did not send the body in time.
pub static BODY_TIMEOUT: Code =
    code("body_timeout", 408, "The body did not come in time", include_str!("../../pages/body_timeout.md"));
/// The request contradicts the present state.
pub static CONFLICT: Code = code(
    "conflict",
    409,
    "The request contradicts the present state",
    include_str!("../../pages/conflict.md"),
);
/// Another resource of the tenant has this name.
pub static NAME_TAKEN: Code = code(
    "name_taken",
    409,
    "Another resource of the tenant has this name",
    include_str!("../../pages/name_taken.md"),
);
/// The lifecycle does not allow this step.
pub static INVALID_TRANSITION: Code = code(
    "invalid_transition",
    409,
    "The lifecycle does not allow this step",
    include_str!("../../pages/invalid_transition.md"),
);
/// A request with the same Idempotency-Key is still running.
pub static REQUEST_IN_PROGRESS: Code = code(
    "request_in_progress",
    409,
    "A request with the same Idempotency-Key is still running",
    include_str!("../../pages/request_in_progress.md"),
);
/// The resource has changed since it was read.
pub static STALE_VERSION: Code = code(
    "stale_version",
    412,
    "The resource has changed since it was read",
    include_str!("../../pages/stale_version.md"),
);
/// The body is larger than the service accepts.
pub static BODY_TOO_LARGE: Code = code(
    "body_too_large",
    413,
    "The body is larger than the service accepts",
    include_str!("../../pages/body_too_large.md"),
);
/// The Content-Type is not one that the operation reads.
pub static UNSUPPORTED_MEDIA_TYPE: Code = code(
    "unsupported_media_type",
    415,
    "The Content-Type is not one that the operation reads",
    include_str!("../../pages/unsupported_media_type.md"),
);
/// Fields of the body break a rule.
pub static INVALID_FIELDS: Code = code(
    "invalid_fields",
    422,
    "Fields of the body break a rule",
    include_str!("../../pages/invalid_fields.md"),
);
/// The Idempotency-Key belongs to a different request.
pub static IDEMPOTENCY_KEY_REUSED: Code = code(
    "idempotency_key_reused",
    422,
    "The Idempotency-Key belongs to a different request",
    include_str!("../../pages/idempotency_key_reused.md"),
);
/// The change needs If-Match.
pub static PRECONDITION_REQUIRED: Code = code(
    "precondition_required",
    428,
    "The change needs If-Match",
    include_str!("../../pages/precondition_required.md"),
);
/// The caller has used up its share.
pub static TOO_MANY_REQUESTS: Code = code(
    "too_many_requests",
    429,
    "The caller has used up its share",
    include_str!("../../pages/too_many_requests.md"),
);
/// An error of the service.
pub static INTERNAL: Code =
    code("internal", 500, "An error of the service", include_str!("../../pages/internal.md"));
/// Something that the operation needs is away.
pub static UNAVAILABLE: Code = code(
    "unavailable",
    503,
    "Something that the operation needs is away",
    include_str!("../../pages/unavailable.md"),
);
/// The storage cannot take more data.
pub static STORAGE_FULL: Code = code(
    "storage_full",
    503,
    "The storage cannot take more data",
    include_str!("../../pages/storage_full.md"),
);
/// The service sheds load.
pub static OVERLOADED: Code =
    code("overloaded", 503, "The service sheds load", include_str!("../../pages/overloaded.md"));
/// The deadline passed before the operation finished.
pub static DEADLINE_EXCEEDED: Code = code(
    "deadline_exceeded",
    504,
    "The deadline passed before the operation finished",
    include_str!("../../pages/deadline_exceeded.md"),
);

/// All of them, for `/docs/errors`.
pub static ALL: &[&Code] = &[
    &MALFORMED_BODY,
    &MALFORMED_QUERY,
    &MALFORMED_CURSOR,
    &MALFORMED_HEADER,
    &MALFORMED_REQUEST,
    &UNAUTHENTICATED,
    &TENANT_REQUIRED,
    &FORBIDDEN,
    &NOT_FOUND,
    &ROUTE_NOT_FOUND,
    &METHOD_NOT_ALLOWED,
    &BODY_TIMEOUT,
    &CONFLICT,
    &NAME_TAKEN,
    &INVALID_TRANSITION,
    &REQUEST_IN_PROGRESS,
    &STALE_VERSION,
    &BODY_TOO_LARGE,
    &UNSUPPORTED_MEDIA_TYPE,
    &INVALID_FIELDS,
    &IDEMPOTENCY_KEY_REUSED,
    &PRECONDITION_REQUIRED,
    &TOO_MANY_REQUESTS,
    &INTERNAL,
    &UNAVAILABLE,
    &STORAGE_FULL,
    &OVERLOADED,
    &DEADLINE_EXCEEDED,
];

const fn code(code: &'static str, status: u16, title: &'static str, page: &'static str) -> Code {
    Code { code, status, title, page }
}
