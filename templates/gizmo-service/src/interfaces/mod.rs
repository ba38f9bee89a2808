//! The outside world: translate, call one use case, translate back. No rule lives here.

pub mod consumers;
pub mod rest;
