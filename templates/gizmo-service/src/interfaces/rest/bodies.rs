//! What travels in bodies and queries.

use crate::application::commands::CreateAcmeGizmo;
use crate::domain::{AcmeGizmo, Description, Name, Revision, Sort, Status};
use cloudlab_chassis::http::{Cursor, FieldErrors, Limit, Problem, Word, not_null};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

type StatusWord = Word<Status>;
type SortWord = Word<Sort>;

/// An acme gizmo as callers see it.
#[derive(Serialize, ToSchema)]
#[schema(as = AcmeGizmo)]
pub struct AcmeGizmoBody {
    #[schema(format = Uuid)]
    id: String,
    name: String,
    description: String,
    #[schema(value_type = StatusWord, inline)]
    status: &'static str,
    version: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<&AcmeGizmo> for AcmeGizmoBody {
    fn from(acme_gizmo: &AcmeGizmo) -> Self {
        let state = acme_gizmo.state();
        Self {
            id: state.id.to_string(),
            name: state.name.as_str().to_owned(),
            description: state.description.as_str().to_owned(),
            status: state.status.as_str(),
            version: state.version,
            created_at: state.created_at.to_string(),
            updated_at: state.updated_at.to_string(),
        }
    }
}

/// What a new acme gizmo is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAcmeGizmo {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    description: String,
}

impl NewAcmeGizmo {
    pub fn command(&self) -> Result<CreateAcmeGizmo, Problem> {
        let mut fields = FieldErrors::new();
        let taken = self.take(&mut fields);
        fields.finish(taken)
    }

    fn take(&self, fields: &mut FieldErrors) -> Option<CreateAcmeGizmo> {
        let name = fields.take("/name", Name::parse(&self.name));
        let description = fields.take("/description", Description::parse(&self.description));
        name.zip(description).map(|(name, description)| CreateAcmeGizmo { name, description })
    }
}

/// Several new acme gizmos: all or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAcmeGizmos {
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<NewAcmeGizmo>,
}

impl NewAcmeGizmos {
    pub fn commands(&self) -> Result<Vec<CreateAcmeGizmo>, Problem> {
        let mut fields = FieldErrors::new();
        let commands = fields.each("/items", &self.items, 1..=100, NewAcmeGizmo::take);
        fields.finish(commands)
    }
}

/// What changes; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcmeGizmoRevision {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    name: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, max_length = 500)]
    description: Option<String>,
}

impl AcmeGizmoRevision {
    pub fn revision(&self) -> Result<Revision, Problem> {
        let mut fields = FieldErrors::new();
        let name = fields.take_optional("/name", self.name.as_deref().map(Name::parse));
        let description =
            fields.take_optional("/description", self.description.as_deref().map(Description::parse));
        fields.finish((name, description)).map(|(name, description)| Revision { name, description })
    }
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `draft`, `active` or `archived`; every status when absent.
    #[param(value_type = Option<StatusWord>, inline)]
    pub status: Option<Status>,
    /// `created_at`, `-created_at`, `name` or `-name`; `created_at` when absent.
    #[param(value_type = Option<SortWord>, inline)]
    pub sort: Option<Sort>,
    #[serde(default)]
    #[param(inline)]
    pub limit: Limit,
    pub cursor: Option<Cursor>,
}

/// Several acme gizmos.
#[derive(Serialize, ToSchema)]
pub struct AcmeGizmoBodies {
    items: Vec<AcmeGizmoBody>,
}

impl From<&Vec<AcmeGizmo>> for AcmeGizmoBodies {
    fn from(acme_gizmos: &Vec<AcmeGizmo>) -> Self {
        Self { items: acme_gizmos.iter().map(AcmeGizmoBody::from).collect() }
    }
}

/// How many there are of each status.
#[derive(Serialize, ToSchema)]
pub struct AcmeGizmoStatistics {
    draft: i64,
    active: i64,
    archived: i64,
}

impl AcmeGizmoStatistics {
    pub fn new(number: impl Fn(Status) -> i64) -> Self {
        Self {
            draft: number(Status::Draft),
            active: number(Status::Active),
            archived: number(Status::Archived),
        }
    }
}
