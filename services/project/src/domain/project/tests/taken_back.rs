//! An application that was taken back while the hub decided: no project comes of it. [Art. 16]

use proto::{
    message::{Audience, Scope},
    project::v1::{ContractAssentWithdrawn, ProjectWithdrawn},
};
use regulation::Refusal;

use super::*;

fn take_back() -> Command {
    Command::TakeBack { at: NOW }
}

fn withdrawn(message: &Message) -> bool {
    message.scope == Scope::Share(Audience::All) && message.read::<ProjectWithdrawn>().is_some()
}

#[test]
fn it_comes_to_nothing_whichever_of_the_two_words_comes_first() {
    let establish = || Command::Establish(Box::new(established()));
    let mut before = Project::default();
    assert!(give(&mut before, take_back(), &system()).is_empty());
    assert_eq!(refusal(&before, prepare(), &officer()), Rejection::NotFound);
    assert_eq!(before.decide(take_back(), &system()), Ok(vec![]));
    let told = give(&mut before, establish(), &system());
    let mut after = project(established());
    let told_after = give(&mut after, take_back(), &system());
    for (project, told) in [(before, told), (after, told_after)] {
        assert!(matches!(&told[..], [one] if withdrawn(one)), "{told:?}");
        assert_eq!(project.case().unwrap().stage, Stage::Withdrawn { at: NOW });
        // Both are said again.
        assert_eq!(project.decide(establish(), &system()), Ok(vec![]));
        assert_eq!(project.decide(take_back(), &system()), Ok(vec![]));
        let refused = refusal(&project, prepare(), &officer());
        assert_eq!(Refusal::from(refused).rule.code, "project.taken-back");
    }
}

#[test]
fn its_contract_is_taken_back_from_who_has_not_answered() {
    let (mut project, _) = asked();
    let first = parties().into_iter().next().unwrap();
    let word_of_first = word(&project, first);
    give(
        &mut project,
        Command::Agree(word_of_first.clone()),
        &system(),
    );
    let late = word(&project, *parties().last().unwrap());
    let told = give(&mut project, take_back(), &system());
    let recalled = told
        .iter()
        .filter(|message| message.read::<ContractAssentWithdrawn>().is_some());
    assert_eq!(recalled.count(), 2);
    assert!(withdrawn(told.last().unwrap()));
    // What crossed with it signs nothing.
    assert_eq!(project.decide(Command::Agree(late), &system()), Ok(vec![]));
}

#[test]
fn a_contract_that_all_have_signed_stands() {
    let (mut project, _) = asked();
    for party in parties() {
        let word = word(&project, party);
        give(&mut project, Command::Agree(word), &system());
    }
    give(&mut project, sign(), &system());
    assert_eq!(project.decide(take_back(), &system()), Ok(vec![]));
}
