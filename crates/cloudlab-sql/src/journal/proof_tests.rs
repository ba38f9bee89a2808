use super::Proof;
use crate::journal::Ranges;
use std::collections::BTreeSet;

fn holders(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn open() -> Ranges {
    [(5, 8), (10, 11)].into_iter().collect()
}

#[test]
fn nobody_who_could_fill_a_range_settles_it_at_once() {
    let mut proof = Proof::Idle.step(&open(), holders(&[]));
    assert!(proof.is_final());
    let left = [(6, 7), (20, 30)].into_iter().collect();
    assert_eq!(proof.settle(&left).as_slice(), [(6, 7)], "what was filled, or noticed later, is not dead");
    assert!(!proof.is_final());
}

#[test]
fn a_proof_waits_for_everybody_who_was_there_when_it_began_and_for_nobody_else() {
    let proof = Proof::Idle.step(&open(), holders(&["3/1", "4/7"]));
    let proof = proof.step(&open(), holders(&["4/7", "5/1"]));
    let mut proof = proof.step(&open(), holders(&["4/7", "3/2"]));
    assert!(!proof.is_final() && proof.settle(&open()).is_empty());
    assert!(proof.step(&open(), holders(&["3/3", "5/2"])).is_final());
}

#[test]
fn a_proof_is_not_about_ranges_that_were_noticed_later() {
    let proof = Proof::Idle.step(&open(), holders(&["3/1"]));
    let later = [(5, 8), (10, 11), (15, 19)].into_iter().collect();
    let mut proof = proof.step(&later, holders(&[]));
    assert_eq!(proof.settle(&later).as_slice(), open().as_slice());
}

#[test]
fn a_prepared_transaction_under_its_new_name_blocks_the_proof() {
    let proof = Proof::Idle.step(&open(), holders(&["3/1"]));
    let proof = proof.step(&open(), holders(&["-1/777"]));
    assert!(!proof.is_final());
    assert!(proof.step(&open(), holders(&[])).is_final());
}

/// No server of late shows the new name without a restart, so only this test can notice the defect.
#[test]
#[cfg(feature = "sabotage")]
fn a_proof_without_prepared_transactions_is_caught() {
    let test = "journal::proof::tests::a_prepared_transaction_under_its_new_name_blocks_the_proof";
    let passes = |switches: &str| {
        let mut run = std::process::Command::new(std::env::current_exe().unwrap());
        let output = run.args(["--exact", test]).env("CLOUDLAB_SABOTAGE", switches).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("running 1 test"));
        output.status.success()
    };
    assert!(passes(""));
    assert!(!passes("forget_prepared"));
}
