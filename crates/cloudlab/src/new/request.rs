//! What is wanted, from every place where it can be said: flags before the file, the file before a question, a question
//! before a default.
//!
//! **Invariant:** what cannot be had is refused before the first question, as far as it is known by then.

use std::io::{Error, ErrorKind};

use crate::asker::Asker;
use crate::cli::New;
use crate::interrupt::Interrupt;
use crate::new::names::{Names, ServiceName, Words};
use crate::new::questions::answers::{self, Answers};
use crate::new::questions::answers_file::{self, Recorded};
use crate::new::questions::chassis::Chassis;
use crate::new::questions::draft::Draft;
use crate::new::questions::prompts;
use crate::new::report;
use crate::new::template::manifest::Place;
use crate::new::template::service::Source;
use crate::new::writing::staging::Target;
use crate::refusal::Refusal;

/// A request that can be carried out.
pub struct Wanted {
    pub names: Names,
    pub answers: Answers,
    pub target: Target,
    /// Where the service finds its chassis.
    pub place: Place,
}

/// Finds out what is wanted; asks when there is somebody and something is open.
pub fn decide(
    request: &New,
    source: &Source<'_>,
    interrupt: &Interrupt,
    asker: Option<&mut (dyn Asker + 'static)>,
) -> Result<Wanted, Refusal> {
    let recorded = request.answers.as_deref().map(answers_file::read).transpose()?.unwrap_or_default();
    let draft = request.draft.clone().or(recorded.draft.clone());
    let chassis = answers::check(&draft)?;
    let wishes = Wishes { request, recorded: &recorded, draft, chassis, source };
    // Whoever reads JSON, or takes every default, is not there to be asked.
    match asker.filter(|_| !request.yes && !request.json && wishes.are_open()) {
        Some(asker) => Interview { wishes, interrupt, asker }.hold(),
        None => wishes.without_asking(),
    }
}

/// All that was said before anybody is asked.
struct Wishes<'a> {
    request: &'a New,
    recorded: &'a Recorded,
    draft: Draft,
    /// It is never asked for.
    chassis: Chassis,
    source: &'a Source<'a>,
}

impl Wishes<'_> {
    fn are_open(&self) -> bool {
        self.request.name.is_none() || !answers::missing(&self.draft).is_empty()
    }

    fn without_asking(&self) -> Result<Wanted, Refusal> {
        let name = self.request.name.as_deref().ok_or_else(Refusal::name_missing)?;
        let service = ServiceName::parse(name)?;
        let (singular, plural) = self.words_for(&service)?;
        let names = Names::of(service, singular, plural)?;
        let missing = answers::missing(&self.draft);
        if !self.request.yes && !missing.is_empty() {
            return Err(answers::refuse_missing(&missing));
        }
        let target = self.target(&names.service)?;
        let answers = Answers::decide(&self.draft)?;
        let place = self.place(&target)?;
        self.source.check(&names)?;
        Ok(Wanted { names, answers, target, place })
    }

    fn target(&self, service: &ServiceName) -> Result<Target, Refusal> {
        Target::parse(&self.request.parent, service.as_str())
    }

    fn place(&self, target: &Target) -> Result<Place, Refusal> {
        self.chassis.place(self.source.checkout, &target.path())
    }

    /// Aggregate and plural, as flags or the file say them. Somebody else's names are not meant for this service, nor is
    /// the plural of another aggregate.
    fn words_for(&self, service: &ServiceName) -> Result<(Option<Words>, Option<Words>), Refusal> {
        let singular = self.request.aggregate.as_deref().map(Words::of_type).transpose()?;
        let plural = self.request.plural.as_deref().map(Words::of_plural).transpose()?;
        let is_own = self.recorded.service.as_deref().is_none_or(|name| name == service.as_str());
        if !is_own || singular.is_some() {
            return Ok((singular, plural));
        }
        Ok((self.recorded.aggregate.clone(), plural.or_else(|| self.recorded.plural.clone())))
    }
}

/// Questions to somebody at a terminal, who sees the whole once more before it is written.
struct Interview<'a> {
    wishes: Wishes<'a>,
    interrupt: &'a Interrupt,
    asker: &'a mut (dyn Asker + 'static),
}

impl Interview<'_> {
    fn hold(mut self) -> Result<Wanted, Refusal> {
        let (service, target) = self.service()?;
        let place = self.wishes.place(&target)?;
        let names = self.names(&service)?;
        let draft = prompts::complete(self.wishes.draft.clone(), self.asker);
        let answers = Answers::decide(&draft.map_err(|error| self.called_off(&error))?)?;
        let command = report::command_line(&names, &answers, &self.wishes.request.parent);
        let agrees = prompts::confirm(self.asker, &command);
        if agrees.map_err(|error| self.called_off(&error))? {
            Ok(Wanted { names, answers, target, place })
        } else {
            Err(Refusal::interrupted())
        }
    }

    /// The name and the place that it leads to; where the name was not given, another one may be free.
    fn service(&mut self) -> Result<(ServiceName, Target), Refusal> {
        if let Some(name) = &self.wishes.request.name {
            let service = ServiceName::parse(name)?;
            let target = self.wishes.target(&service)?;
            return Ok((service, target));
        }
        loop {
            let name = prompts::name(self.asker);
            let service = ServiceName::parse(&name.map_err(|error| self.called_off(&error))?)?;
            match self.wishes.target(&service) {
                Ok(target) => return Ok((service, target)),
                Err(refusal) => self.tell(&refusal),
            }
        }
    }

    /// Names that are free. What somebody was asked for is asked for again; what was given as a flag is refused.
    fn names(&mut self, service: &ServiceName) -> Result<Names, Refusal> {
        let (singular, plural) = self.wishes.words_for(service)?;
        loop {
            let chosen = match &singular {
                Some(words) => words.clone(),
                None => {
                    let asked = prompts::aggregate(self.asker, &service.aggregate());
                    asked.map_err(|error| self.called_off(&error))??
                }
            };
            let chosen_plural = match &plural {
                Some(words) => words.clone(),
                None => {
                    let asked = prompts::plural(self.asker, &chosen.with_s());
                    asked.map_err(|error| self.called_off(&error))??
                }
            };
            let names = Names::of(service.clone(), Some(chosen), Some(chosen_plural));
            match names.and_then(|names| self.wishes.source.check(&names).map(|()| names)) {
                Err(refusal) if singular.is_none() || plural.is_none() => self.tell(&refusal),
                decided => return decided,
            }
        }
    }

    fn tell(&mut self, refusal: &Refusal) {
        self.asker.say(&format!("  {}", refusal.sentence));
        for line in &refusal.help {
            self.asker.say(&format!("    help: {line}"));
        }
    }

    /// A terminal that is closed or left is a user who has gone.
    fn called_off(&self, error: &Error) -> Refusal {
        let has_gone = self.interrupt.check().is_err()
            || matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::UnexpectedEof);
        if has_gone {
            return Refusal::interrupted();
        }
        Refusal::new(format!("the terminal cannot be read: {error}"))
            .help("give every answer as a flag, or --yes")
    }
}
