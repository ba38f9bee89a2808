//! One file a fault, under its number in the project's bars.

pub mod f01_relay_killed;
mod f02_command_killed;
mod f03_late_commit;
mod f04_early_id;
pub mod f06_owner_halted;
mod f07_server_killed;
mod f10_listener_cut;
pub mod f12_hang_ups;
mod f13_one_key;
mod f21_wrong_clock;
