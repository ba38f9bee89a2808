//! `cloudlab check`: planted violations that must be found, near misses and known evasions that are not.

mod brokers;
mod clocks;
mod commands;
mod domain;
mod evasions;
mod forms;
mod layers;
mod near_misses;
mod oddities;
mod paths;
mod planted;
mod repositories;
mod root;
