//! What a service is made from, and how it is rendered under the user's names and options.

pub mod article;
pub mod checkout;
pub mod manifest;
pub mod markers;
pub mod rename;
pub mod service;
pub mod sources;
pub mod vendor;
