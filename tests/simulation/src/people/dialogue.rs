//! Questions, roadshows and one-to-ones, and who is told who demands. [Art. 10, 11]

use journal::Act;
use matching::domain::{
    InvitationStanding, MeetingId, Posting, Question, QuestionId, Solution,
    posting::{
        self, Call as OpenCall, disclosure,
        questions::{self, InquiryStanding, Release},
    },
    words::{DialogueCommand, QuestionCommand, SolutionCommand},
};
use regulation::{Actor, BlindId, PostingId, Region, Role, SolutionId, Text, UnitId};

use super::{
    Call,
    looked_up::{facts, names},
    matching::{postings, solutions},
    meetings::{self, Doing, Writer, arrange, on_meeting},
};
use crate::{
    cast::{self, Cast, Part},
    dice::Dice,
    node::Process,
    service::Name,
    words::say,
    world::World,
};

/// Questions of one history at most.
const QUESTIONS_MAX: usize = 3;

/// What somebody could want to say.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// Ask about a published demand.
    Ask(Region, BlindId),
    /// Something about a question.
    Question(Region, PostingId, QuestionId, Saying),
    /// Arrange a roadshow, or a one-to-one about a solution.
    Arrange(Region, PostingId, Option<SolutionId>),
    /// Something about a meeting.
    Meeting(Region, PostingId, MeetingId, Doing),
    /// Come, or do not.
    Invitation(Region, SolutionId, MeetingId),
    /// Register for a roadshow, or do so no more.
    Register(Region, UnitId, MeetingId, bool),
    /// Want to be named, to one solver or to all.
    ProposeNaming(Region, PostingId, Option<SolutionId>),
    /// Approve that, or not.
    DecideNaming(Region, PostingId),
}

/// What is said of a question.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Saying {
    /// The demander answers.
    Answer,
    /// The department releases it, or does not.
    Release,
}

pub(crate) fn wishes(world: &World, cast: &Cast) -> impl Iterator<Item = (usize, Wish)> {
    let mut wishes = Vec::new();
    meetings::registrations(&mut wishes, world, cast);
    let talkative = world.temper.talkative();
    let posed = |region| {
        let process = world.service(region, Name::Matching);
        process.into_iter().flat_map(Process::all::<Question>)
    };
    if talkative && world.nodes.keys().copied().flat_map(posed).count() < QUESTIONS_MAX {
        for region in world.nodes.keys().copied() {
            let process = world.service(region, Name::Matching);
            let listed = process
                .into_iter()
                .flat_map(|process| process.catalogue.iter());
            let open = listed.filter(|(_, published)| published.open);
            wishes.extend(open.map(|(blind, _)| (3, Wish::Ask(region, *blind))));
        }
    }
    for (region, id, posting) in postings(world) {
        if let Posting::Open(call) = posting {
            of_demander(&mut wishes, world, (region, id), call);
        }
    }
    for (region, id, solution) in solutions(world) {
        let meetings = solution.0.iter().flat_map(|case| &case.meetings);
        for (meeting, known) in meetings {
            let weight = match known.standing {
                InvitationStanding::Invited => 40,
                InvitationStanding::Accepted(_) => 1,
                _ => continue,
            };
            wishes.push((weight, Wish::Invitation(region, id, *meeting)));
        }
    }
    wishes.into_iter()
}

fn of_demander(
    wishes: &mut Vec<(usize, Wish)>,
    world: &World,
    (region, id): (Region, PostingId),
    call: &OpenCall,
) {
    for (question, inquiry) in &call.questions {
        let wish = |saying| Wish::Question(region, id, *question, saying);
        match inquiry.standing {
            InquiryStanding::Open { .. } => wishes.push((20, wish(Saying::Answer))),
            InquiryStanding::Answered { .. } => {
                wishes.extend([(25, wish(Saying::Release)), (1, wish(Saying::Answer))]);
            }
            _ => {}
        }
    }
    if !world.temper.talkative() {
        return;
    }
    meetings::wishes(wishes, world, (region, id), call);
    match &call.naming {
        Some(_) => wishes.push((25, Wish::DecideNaming(region, id))),
        None if !call.is_named() => {
            wishes.push((1, Wish::ProposeNaming(region, id, None)));
            let one = call.received.keys().next().copied();
            wishes.extend(one.map(|one| (1, Wish::ProposeNaming(region, id, Some(one)))));
        }
        None => {}
    }
}

pub(crate) fn call(world: &mut World, cast: &Cast, wish: Wish) -> Option<Call> {
    match wish {
        Wish::Ask(node, blind) => ask(world, cast, node, blind),
        Wish::Invitation(node, id, meeting) => answer_invitation(world, node, id, meeting),
        Wish::Register(node, unit, meeting, comes) => {
            meetings::register(world, (node, unit), meeting, comes)
        }
        Wish::Question(node, id, ..)
        | Wish::Arrange(node, id, _)
        | Wish::Meeting(node, id, ..)
        | Wish::ProposeNaming(node, id, _)
        | Wish::DecideNaming(node, id) => on_posting(world, cast, (node, id), wish),
    }
}

/// What people write: mostly nothing that tells who they are.
pub(super) fn words(dice: &mut Dice, usual: &str, own: &[String]) -> Text {
    let name = own.get(dice.below(own.len()));
    match name {
        Some(name) if dice.percent(10) => say(&format!("{usual}，{name}")),
        _ => say(usual),
    }
}

fn ask(world: &mut World, cast: &Cast, node: Region, blind: BlindId) -> Option<Call> {
    let unit = cast
        .of(Part::Solver)
        .find(|unit| unit.region == node)?
        .clone();
    let own = names(world, node, unit.id);
    // Whoever asks may guess who demands, and must not be told.
    let demanders: Vec<_> = cast.of(Part::Demander).collect();
    let guessed = *world.dice.one_of(&demanders)?;
    let text = if world.dice.percent(10) {
        say(&format!("需求方是否为{}？", guessed.details.profile.name))
    } else {
        let all = spelled(cast, unit.id);
        words(&mut world.dice, "分散度的测试方法是什么", &all)
    };
    let command = QuestionCommand::Ask {
        blind_id: blind,
        open: facts(world, node, blind)?.open,
        text,
        names: own,
    };
    let id: QuestionId = world.dice.id();
    Some(Call {
        method: "jiebang.matching.v1.DialogueService/AskQuestion",
        node,
        service: Name::Matching,
        actor: cast::member(unit.id, node),
        acts: vec![Act::new::<Question>(id, command)],
    })
}

fn answer_invitation(
    world: &mut World,
    node: Region,
    id: SolutionId,
    meeting: MeetingId,
) -> Option<Call> {
    let case = world.state::<Solution>(node, Name::Matching, id).0?;
    let command = DialogueCommand::Answer {
        meeting,
        accepted: world.dice.percent(85),
        note: None,
    };
    Some(Call {
        method: "jiebang.matching.v1.DialogueService/AnswerInvitation",
        node,
        service: Name::Matching,
        actor: cast::member(case.holder, node),
        acts: vec![Act::new::<Solution>(id, SolutionCommand::Dialogue(command))],
    })
}

fn on_posting(
    world: &mut World,
    cast: &Cast,
    (node, id): (Region, PostingId),
    wish: Wish,
) -> Option<Call> {
    let posting: Posting = world.state(node, Name::Matching, id);
    let demander = posting.call()?.owner.demander;
    let all = spelled(cast, demander);
    let writer = Writer {
        node,
        demander,
        all: &all,
    };
    let (method, actor, command) = match wish {
        Wish::Question(.., question, saying) => {
            let (method, actor, command) = on_question(world, &writer, question, saying);
            (method, actor, posting::Command::Question(command))
        }
        Wish::Arrange(.., with) => {
            let (method, command) = arrange(world, &writer, with)?;
            let actor = cast::member(demander, node);
            (method, actor, posting::Command::Meeting(command))
        }
        Wish::Meeting(.., meeting, doing) => on_meeting(world, &writer, meeting, doing),
        Wish::ProposeNaming(.., solution) => {
            let command = disclosure::Command::ProposeNaming(solution, say("便于现场验证"));
            (
                "jiebang.matching.v1.DialogueService/ProposeNaming",
                cast::member(demander, node),
                posting::Command::Disclosure(command),
            )
        }
        _ => {
            let refused = world.dice.percent(30).then(|| say("暂不宜公开"));
            let command = disclosure::Command::DecideNaming(refused);
            (
                "jiebang.matching.v1.DialogueService/DecideNaming",
                cast::official(Role::Director, node),
                posting::Command::Disclosure(command),
            )
        }
    };
    Some(Call {
        method,
        node,
        service: Name::Matching,
        actor,
        acts: vec![Act::new::<Posting>(id, command)],
    })
}

fn on_question(
    world: &mut World,
    &Writer {
        node,
        demander,
        all,
    }: &Writer<'_>,
    question: QuestionId,
    saying: Saying,
) -> (&'static str, Actor, questions::Command) {
    let own = names(world, node, demander);
    match saying {
        Saying::Answer => {
            let answer = words(&mut world.dice, "采用凝胶渗透色谱法", all);
            (
                "jiebang.matching.v1.DialogueService/AnswerQuestion",
                cast::member(demander, node),
                questions::Command::Answer {
                    question,
                    answer,
                    names: own,
                },
            )
        }
        Saying::Release => {
            let release = match world.dice.below(100) {
                0..80 => Release::Publish,
                80..90 => Release::Return(say("请再行斟酌")),
                _ => Release::Withhold(say("与任务无关")),
            };
            (
                "jiebang.matching.v1.DialogueService/ReleaseAnswer",
                cast::official(Role::Officer, node),
                questions::Command::Release(question, release),
            )
        }
    }
}

/// Everything that would tell which unit it is.
pub(super) fn spelled(cast: &Cast, unit: UnitId) -> Vec<String> {
    let known = cast.unit(unit).into_iter();
    known
        .flat_map(|unit| {
            let profile = &unit.details.profile;
            [profile.name.to_string(), unit.names[1].clone()]
        })
        .collect()
}
