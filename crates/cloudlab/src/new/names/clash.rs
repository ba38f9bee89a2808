//! The verdict on the user's names, given what is taken: a service that would not compile is refused beforehand.

use std::collections::BTreeSet;

use crate::new::names::catalogue::Catalogue;
use crate::new::names::sql_names;
use crate::new::names::{Names, OTHER_AGGREGATE, OTHER_PLURAL};
use crate::new::template::rename::Renamer;
use crate::refusal::Refusal;

/// Refuses names that the chassis or the template has already given away.
pub fn check(names: &Names, catalogue: &Catalogue) -> Result<(), Refusal> {
    let aggregate = names.singular.pascal();
    if catalogue.chassis_types.contains(&aggregate) {
        return Err(refuse_aggregate(&aggregate, &format!("the chassis, which has a type `{aggregate}`")));
    }
    service_is_free(names, catalogue)?;
    spellings_are_free(names, catalogue)?;
    renamed_are_apart(names, catalogue)?;
    sql_names::check(names, catalogue)
}

fn service_is_free(names: &Names, catalogue: &Catalogue) -> Result<(), Refusal> {
    let name = names.service.as_str();
    let identifier = names.service.words().snake();
    if !catalogue.crates.contains(&identifier) && !catalogue.identifiers.contains(&identifier) {
        return Ok(());
    }
    let owner =
        if catalogue.crates.contains(&identifier) { "a crate that the service uses" } else { "its own code" };
    Err(Refusal::new(format!("a service named `{name}` would clash with {owner}"))
        .help(format!("cloudlab new {name}-service")))
}

/// The spellings of the aggregate itself, whether the template happens to use each of them or not.
fn spellings_are_free(names: &Names, catalogue: &Catalogue) -> Result<(), Refusal> {
    let aggregate = names.singular.pascal();
    for word in [&aggregate, &names.singular.snake(), &names.singular.camel(), &names.singular.upper()] {
        if catalogue.identifiers.contains(word) {
            return Err(refuse_aggregate(
                &aggregate,
                &format!("the identifier `{word}` of the service's own code"),
            ));
        }
    }
    for word in [names.plural.pascal(), names.plural.snake(), names.plural.camel(), names.plural.upper()] {
        if catalogue.identifiers.contains(&word) {
            return Err(refuse_plural(&word, "an identifier of the service's own code"));
        }
    }
    Ok(())
}

/// Renaming must not make two identifiers one, nor land on one that is there: `AcmeGizmoError` must not become the
/// `AppError` that the template has.
fn renamed_are_apart(names: &Names, catalogue: &Catalogue) -> Result<(), Refusal> {
    let renamer = Renamer::new(names);
    let mut seen = BTreeSet::new();
    // The crate's own name is a path's first word, where a namesake is no trouble: service `parcel`, module `parcel`.
    for identifier in catalogue.renamed.iter().filter(|identifier| *identifier != "gizmo_service") {
        let renamed = renamer.rename(identifier);
        if catalogue.identifiers.contains(&renamed) || !seen.insert(renamed.clone()) {
            let what = format!("the identifier `{renamed}`, which the service's code would then have twice");
            return Err(refuse_aggregate(&names.singular.pascal(), &what));
        }
    }
    Ok(())
}

fn refuse_aggregate(aggregate: &str, what: &str) -> Refusal {
    Refusal::new(format!("the aggregate `{aggregate}` would clash with {what}")).help(OTHER_AGGREGATE)
}

fn refuse_plural(plural: &str, what: &str) -> Refusal {
    Refusal::new(format!("the plural `{plural}` would clash with {what}"))
        .help(OTHER_PLURAL)
        .help(OTHER_AGGREGATE)
}
