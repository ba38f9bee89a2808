//! What a finished `cloudlab new` has to tell, before it becomes words or JSON.

use std::path::PathBuf;
use std::time::Duration;

use crate::files::File;
use crate::new::names::Names;
use crate::new::questions::answers::Answers;
use crate::new::record;
use crate::new::request::Wanted;
use crate::new::template::service::Service;

pub struct Outcome<'a> {
    pub names: &'a Names,
    pub answers: &'a Answers,
    /// PARENT/NAME as the user would write it.
    pub path: PathBuf,
    /// The service's own files.
    pub files: Vec<String>,
    /// The files of the chassis.
    pub vendored: Vec<String>,
    pub warnings: Vec<String>,
    pub elapsed: Duration,
    /// Nothing was written: the request was a dry run.
    pub is_planned: bool,
}

impl<'a> Outcome<'a> {
    /// What a service that is rendered will be.
    pub fn planned(wanted: &'a Wanted, service: &Service) -> Self {
        let paths = |files: &[File]| -> Vec<String> { files.iter().map(|file| file.path.clone()).collect() };
        let mut files = paths(&service.files);
        files.push(record::PATH.into());
        files.sort();
        Self {
            names: &wanted.names,
            answers: &wanted.answers,
            path: wanted.target.path(),
            files,
            vendored: paths(&service.vendored),
            warnings: wanted.answers.chassis.warning().into_iter().collect(),
            elapsed: Duration::ZERO,
            is_planned: true,
        }
    }

    /// The request that shows a first result.
    pub fn first_request(&self) -> String {
        format!(
            "curl -X POST localhost:8080/v1/{} -d '{{\"name\":\"first\"}}' -H 'content-type: application/json'",
            self.names.plural.kebab()
        )
    }

    /// The way into the folder, as a line for a shell.
    pub fn change_folder(&self) -> String {
        format!("cd {}", quoted(&self.path.display().to_string()))
    }
}

/// A word as a shell reads it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:,@".contains(c);
    if word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
