//! The way of a rendered service onto the disk, all of it or nothing.

pub mod staging;
pub mod tools;
mod workspace_above;
