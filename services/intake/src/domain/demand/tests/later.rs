//! After acceptance: judged, published, withdrawn, closed.

use super::*;
use crate::domain::Judgement;

pub(super) fn judge(round: u128, listed: bool) -> Command {
    Command::Judge(Judgement {
        round: Some(uuid::Uuid::from_u128(round).into()),
        listed,
        place: 3,
        comments: vec!["指标不清".into()],
    })
}

pub(super) fn publish() -> Command {
    Command::Publish {
        blind_id: BlindId(uuid::Uuid::nil()),
        public_number: "2024-0001".into(),
    }
}

fn accepted_of(content: Content) -> Demand {
    after(vec![
        (Role::UnitMember, Command::Write(Box::new(content))),
        (Role::UnitMember, submit()),
        (Role::Officer, accept()),
    ])
}

pub(super) fn accepted() -> Demand {
    accepted_of(content())
}

pub(super) fn published() -> Demand {
    and(accepted(), Role::System, publish())
}

pub(super) fn and(mut demand: Demand, role: Role, command: Command) -> Demand {
    for event in demand.decide(command, &context(role)).unwrap() {
        demand.evolve(&event);
    }
    demand
}

fn refused(demand: &Demand, role: Role, command: Command) -> Refusal {
    demand.decide(command, &context(role)).unwrap_err().into()
}

fn text(text: &str) -> Text {
    text.parse().unwrap()
}

fn local() -> Content {
    Content {
        programme: Programme::Local,
        cross_region_reason: None,
        ..content()
    }
}

/// Where it is told what `command` does.
fn told(demand: &Demand, role: Role, command: Command) -> Vec<Scope> {
    let context = context(role);
    let mut after = demand.clone();
    let events = demand.decide(command, &context).unwrap();
    let mut scopes = Vec::new();
    for event in &events {
        after.evolve(event);
        scopes.extend(
            after
                .publish("d", event, &context)
                .into_iter()
                .map(|m| m.scope),
        );
    }
    scopes
}

#[test]
fn a_local_programmes_demand_is_told_to_nobody_and_never_judged_or_published() {
    let member = after(vec![
        (Role::UnitMember, Command::Write(Box::new(local()))),
        (Role::UnitMember, submit()),
    ]);
    assert_eq!(told(&member, Role::Officer, accept()), []);
    let accepted = accepted_of(local());
    for command in [judge(1, true), judge(1, false), publish()] {
        assert_eq!(
            refused(&accepted, Role::System, command).rule,
            rules::LOCAL_PROGRAMME
        );
    }
    assert_eq!(
        told(&accepted, Role::UnitMember, Command::Withdraw(None)),
        []
    );
    assert_eq!(
        told(&accepted, Role::Officer, Command::Close(text("本地已立项"))),
        []
    );
}

#[test]
fn what_its_department_does_not_recommend_comes_back_with_comments_each_time() {
    let decline = |comment: &str| {
        Command::Judge(Judgement {
            round: None,
            listed: false,
            place: 0,
            comments: vec![comment.into()],
        })
    };
    let declined = and(accepted(), Role::System, decline("不需要跨区域"));
    assert_eq!(declined.0.as_ref().unwrap().stage, Stage::NotShortlisted);
    let again = and(declined, Role::UnitMember, submit());
    let again = and(again, Role::Officer, accept());
    let declined = and(again, Role::System, decline("仍不明确"));
    let case = declined.0.as_ref().unwrap();
    assert_eq!(case.stage, Stage::NotShortlisted);
    assert_eq!(case.judgements.len(), 2);
}

#[test]
fn who_is_not_listed_reads_why_and_may_enter_the_next_round_when_it_is_handed_in_again() {
    let not_listed = and(accepted(), Role::System, judge(1, false));
    let case = not_listed.0.as_ref().unwrap();
    assert_eq!(case.stage, Stage::NotShortlisted);
    assert_eq!(case.judgements[0].comments, ["指标不清"]);
    // Not without its demander's word.
    let refusal = refused(&not_listed, Role::Officer, accept());
    assert_eq!(refusal.rule, rules::LIFECYCLE);
    let mut better = content();
    better.record.tasks[0].indicators = "分散度不高于 1.1".parse().unwrap();
    let again = and(
        not_listed,
        Role::UnitMember,
        Command::Write(Box::new(better)),
    );
    let again = and(again, Role::UnitMember, submit());
    assert_eq!(
        told(&again, Role::Officer, accept()),
        [Scope::Node, Scope::Share(Audience::HUB)]
    );
    let again = and(again, Role::Officer, accept());
    // What the first round said is over, and said once.
    assert_eq!(
        again.decide(judge(1, false), &context(Role::System)),
        Ok(vec![])
    );
    let listed = and(again, Role::System, judge(2, true));
    let case = listed.0.as_ref().unwrap();
    assert_eq!((&case.stage, case.judgements.len()), (&Stage::Accepted, 2));
}

#[test]
fn what_the_experts_said_of_a_listed_demand_is_kept_even_if_the_list_was_published_first() {
    let judged = and(published(), Role::System, judge(1, true));
    let case = judged.0.as_ref().unwrap();
    assert!(matches!(case.stage, Stage::Published { .. }));
    assert_eq!(case.judgements[0].comments, ["指标不清"]);
    for late in [judge(1, true), judge(2, false)] {
        assert_eq!(judged.decide(late, &context(Role::System)), Ok(vec![]));
    }
}

#[test]
fn every_rule_is_looked_at_again_when_a_demand_that_was_not_listed_comes_back() {
    let not_listed = and(accepted(), Role::System, judge(1, false));
    let mut standing = standing();
    standing.barred = Some(barred());
    let submission = Submission {
        standing,
        similar: vec![],
    };
    let again = Command::Submit(Box::new(submission));
    assert_eq!(
        refused(&not_listed, Role::UnitMember, again).rule,
        rules::NOT_BARRED
    );
}

#[test]
fn before_publication_its_demander_takes_it_back_at_every_stage_and_who_heard_of_it_hears() {
    let nobody: &[Scope] = &[];
    let both: &[Scope] = &[Scope::Node, Scope::Share(Audience::HUB)];
    let returned = and(submitted(), Role::Officer, Command::Return(text("补充")));
    let not_listed = and(accepted(), Role::System, judge(1, false));
    for (demand, hear) in [
        (drafted(content()), nobody),
        (submitted(), nobody),
        (returned, nobody),
        (accepted(), both),
        (not_listed, both),
    ] {
        let case = demand.0.as_ref().unwrap();
        assert_eq!(
            told(&demand, Role::UnitMember, Command::Withdraw(None)),
            hear,
            "{:?}",
            case.stage
        );
        let withdrawn = and(demand, Role::UnitMember, Command::Withdraw(None));
        // Whatever comes later finds it gone.
        for late in [judge(9, true), publish()] {
            assert_eq!(withdrawn.decide(late, &context(Role::System)), Ok(vec![]));
        }
    }
}

#[test]
fn a_published_demand_is_withdrawn_by_a_director_once_somebody_else_asked_with_a_reason() {
    let published = published();
    let ask = |reason: Option<&str>| Command::Withdraw(reason.map(text));
    for (role, command) in [
        (Role::UnitMember, ask(None)),
        (Role::Officer, ask(None)),
        (Role::Director, ask(Some("项目调整"))),
    ] {
        assert_eq!(refused(&published, role, command).rule, rules::WITHDRAWAL);
    }
    let mut stranger = context(Role::UnitMember);
    stranger.actor.unit = Some(UnitId(uuid::Uuid::from_u128(2)));
    let answer = published.decide(ask(Some("项目调整")), &stranger);
    assert_eq!(answer, Err(Rejection::NotOwn));
    for asker in [Role::UnitMember, Role::Officer] {
        assert_eq!(told(&published, asker, ask(Some("项目调整"))), []);
        let asked = and(published.clone(), asker, ask(Some("项目调整")));
        assert_eq!(
            asked.decide(ask(Some("项目调整")), &context(asker)),
            Ok(vec![])
        );
        let mut same = context(Role::Director);
        same.actor.person = format!("{asker:?}");
        assert_eq!(asked.decide(ask(None), &same), Err(Rejection::SamePerson));
        assert_eq!(
            told(&asked, Role::Director, ask(None)),
            [Scope::Node, Scope::Share(Audience::HUB)]
        );
        let withdrawn = and(asked, Role::Director, ask(None));
        let stage = withdrawn.0.unwrap().stage;
        let reason = Some(text("项目调整"));
        assert_eq!(stage, Stage::Withdrawn { reason });
    }
}

#[test]
fn a_director_may_decline_a_withdrawal_and_it_stays_published() {
    let decline = || Command::DeclineWithdrawal(text("已有揭榜方"));
    let published = published();
    assert_eq!(
        refused(&published, Role::Director, decline()).rule,
        rules::WITHDRAWAL
    );
    let ask = Command::Withdraw(Some(text("项目调整")));
    let asked = and(published, Role::UnitMember, ask);
    let declined = and(asked, Role::Director, decline());
    assert!(matches!(
        &declined.0.as_ref().unwrap().stage,
        Stage::Published {
            withdrawal: Withdrawal::Declined(_),
            ..
        }
    ));
    assert_eq!(
        declined.decide(decline(), &context(Role::Director)),
        Ok(vec![])
    );
    let refusal = refused(&declined, Role::Director, Command::Withdraw(None));
    assert_eq!(refusal.rule, rules::WITHDRAWAL);
}

#[test]
fn only_what_will_not_be_published_is_closed_and_the_hub_hears_that_it_is_gone() {
    let close = || Command::Close(text("不再推进"));
    for demand in [drafted(content()), submitted(), accepted(), published()] {
        assert_eq!(
            refused(&demand, Role::Officer, close()).rule,
            rules::CLOSING
        );
    }
    let not_listed = and(accepted(), Role::System, judge(1, false));
    assert_eq!(
        told(&not_listed, Role::Officer, close()),
        [Scope::Node, Scope::Share(Audience::HUB)]
    );
    let closed = and(not_listed, Role::Officer, close());
    assert_eq!(closed.decide(close(), &context(Role::Officer)), Ok(vec![]));
    for command in [submit(), Command::Withdraw(None)] {
        assert_eq!(
            refused(&closed, Role::UnitMember, command).rule,
            rules::LIFECYCLE
        );
    }
    let local = and(accepted_of(local()), Role::Officer, close());
    assert!(matches!(local.0.unwrap().stage, Stage::Closed { .. }));
}

#[test]
fn while_others_look_at_it_nobody_rewrites_it() {
    let mut changed = content();
    changed.record.months = 25;
    for demand in [submitted(), accepted()] {
        let write = Command::Write(Box::new(changed.clone()));
        let refusal = refused(&demand, Role::UnitMember, write);
        assert_eq!(refusal.rule, rules::LIFECYCLE);
    }
}
