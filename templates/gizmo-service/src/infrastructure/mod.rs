//! Adapters that implement the traits of the inner layers.

pub mod persistence;
