//! What callers are told when a rule of the domain refuses a command.

use crate::domain::Rule;
use cloudlab_chassis::http::{Described, FieldError, Problem, codes};
use cloudlab_core::Invalid;

impl Described for Rule {
    fn problem(self) -> Problem {
        match self {
            Self::NameTaken => Problem::new(&codes::NAME_TAKEN)
                .detail("Another acme gizmo of this tenant has the name. Choose another name."),
            Self::NamesTaken(places) => Problem::new(&codes::INVALID_FIELDS)
                .detail("Some names are taken, or stand in the batch twice; nothing was created.")
                .errors(places.into_iter().map(taken)),
            Self::WrongStatus(status) => Problem::new(&codes::INVALID_TRANSITION)
                .detail(format!("The acme gizmo is {status}, and from there this is not possible.")),
        }
    }
}

fn taken(place: usize) -> FieldError {
    FieldError::new(format!("/items/{place}/name"), Invalid::new("name_taken", "The name is taken."))
}
