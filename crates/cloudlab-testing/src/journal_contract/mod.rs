//! What every engine must do for readers of the journal. Run by `journal_contract!` in the engine's crate.
