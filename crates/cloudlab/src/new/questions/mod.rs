//! What a service is made of: the questions, their answers, what fits together, and what it costs.

pub mod answers;
pub mod answers_file;
pub mod chassis;
pub mod choices;
pub mod compatibility;
pub mod draft;
pub mod prices;
pub mod prompts;
