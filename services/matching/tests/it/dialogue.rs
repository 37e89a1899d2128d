//! Questions, meetings and disclosure over three nodes.

use matching::domain::{Question, words::QuestionCommand};
use proto::matching::v1 as wire;
use regulation::{Actor, Role, UnitId};
use sqlx::{AssertSqlSafe, PgPool};
use tonic::Code;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::{
    nodes::{DEMANDER, HOME, SOLVER, fresh},
    started::{Started, text},
};

const STRANGER: UnitId = UnitId(Uuid::from_u128(0xBAD));

pub(crate) fn rule(status: &tonic::Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// Whether a text stands anywhere in a database.
pub(crate) async fn stands_in(pool: &PgPool, what: &str) -> bool {
    let tables: Vec<String> = sqlx::query_scalar(
        "select quote_ident(table_name) from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let hex = what.bytes().map(|byte| format!("{byte:02x}"));
    let hex: String = hex.collect();
    for table in tables {
        let sql = format!("select t::text from {table} as t");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(pool)
            .await
            .unwrap();
        if rows
            .iter()
            .any(|row| row.contains(what) || row.contains(&hex))
        {
            return true;
        }
    }
    false
}

async fn ask(started: &Started, question: &str) -> String {
    let node = &started.nodes.solver;
    let id = fresh();
    let command = QuestionCommand::Ask {
        blind_id: started.blind_id.parse().unwrap(),
        open: true,
        text: text(question),
        names: vec![],
    };
    node.give::<Question>(node.member(SOLVER), &id, command)
        .await
        .unwrap();
    started.nodes.settle().await;
    id
}

async fn release(started: &Started, question_id: &str, release: wire::Release) {
    let request = wire::ReleaseAnswerRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        question_id: question_id.to_owned(),
        release: release.into(),
        reason: "与任务无关".into(),
    };
    let mut officer = started.nodes.home.dialogue(Role::Officer);
    officer.release_answer(request).await.unwrap();
    started.nodes.settle().await;
}

async fn asked_by(started: &Started, unit: UnitId) -> Vec<wire::Question> {
    let node = &started.nodes.solver;
    let mut member = node.dialogue_of(node.member(unit));
    let listed = member.list_questions(wire::ListQuestionsRequest::default());
    listed.await.unwrap().into_inner().questions
}

#[tokio::test]
async fn a_question_is_answered_for_everybody_and_nobody_learns_who_asked_or_demands() {
    let started = Started::opened().await;
    let (one, other) = (
        ask(&started, "验证平台由谁提供？").await,
        ask(&started, "是否报销差旅？").await,
    );
    let posting = started.posting().await;
    assert_eq!(posting.questions.len(), 2);
    assert!(
        !stands_in(
            started.nodes.hub.desk.pool(),
            &format!("asker\":\"{SOLVER}")
        )
        .await
    );
    let refused = started
        .answer(&one, "在隐名半导体的产线。")
        .await
        .unwrap_err();
    assert_eq!(rule(&refused), "matching.neutral");
    started.answer(&one, "由需求方提供。").await.unwrap();
    release(&started, &one, wire::Release::Publish).await;
    release(&started, &other, wire::Release::Withhold).await;
    assert_eq!(started.entry().await.questions, [], "not at once");
    started.day_ends().await;

    let item = started.entry().await;
    let answers: Vec<_> = item.questions.iter().map(|q| q.answer.as_str()).collect();
    assert_eq!(answers, ["由需求方提供。"]);
    assert!(item.updated_on > item.published_on);
    let mut mine: Vec<_> = asked_by(&started, SOLVER)
        .await
        .into_iter()
        .map(|question| (question.text.clone(), question.state(), question.answer))
        .collect();
    mine.sort();
    assert_eq!(mine[0].1, wire::QuestionState::Withheld);
    assert_eq!(mine[1].2, "由需求方提供。");
    assert_eq!(asked_by(&started, STRANGER).await, []);
    let home = started.nodes.home.desk.pool();
    let known: Vec<String> =
        sqlx::query_scalar("select state::text from journal_state where kind = 'question'")
            .fetch_all(home)
            .await
            .unwrap();
    assert_eq!(known, Vec::<String>::new(), "home has no asker");
    assert!(!stands_in(started.nodes.solver.desk.pool(), &DEMANDER.to_string()).await);
}

pub(crate) async fn disclose(started: &Started, meeting_id: &str) -> Result<(), tonic::Status> {
    let request = wire::DiscloseDemanderRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        meeting_id: meeting_id.to_owned(),
        word: "本公司同意向该解决方公开身份。".into(),
    };
    let home = &started.nodes.home;
    let told = home
        .dialogue_of(home.member(DEMANDER))
        .disclose_demander(request)
        .await;
    started.nodes.settle().await;
    told.map(|_| ())
}

pub(crate) async fn accept(started: &Started, meeting_id: &str) {
    let request = wire::AnswerInvitationRequest {
        request_id: fresh(),
        solution_id: started.solution_id.clone(),
        meeting_id: meeting_id.to_owned(),
        accepted: true,
        note: "两人参加".into(),
    };
    let node = &started.nodes.solver;
    let mut member = node.dialogue_of(node.member(SOLVER));
    member.answer_invitation(request).await.unwrap();
    started.nodes.settle().await;
}

#[tokio::test]
async fn a_demander_is_disclosed_at_a_one_to_one_to_that_solver_alone_and_the_auditor_can_list_it()
{
    let started = Started::opened().await;
    let meeting_id = started.arrange(Some(&started.solution_id), 3).await;
    let invited = started.solution(None).await.meetings;
    assert_eq!(invited[0].state(), wire::MeetingState::Invited);
    accept(&started, &meeting_id).await;
    assert_eq!(
        started.posting().await.meetings[0].state(),
        wire::MeetingState::Arranged
    );
    let early = disclose(&started, &meeting_id).await.unwrap_err();
    assert_eq!(rule(&early), "matching.anonymous");
    let solvers = started.nodes.solver.desk.pool();
    assert!(!stands_in(solvers, &DEMANDER.to_string()).await);
    assert!(!stands_in(solvers, &format!("\"{DEMANDER}")).await);

    started.nodes.pass(3);
    disclose(&started, &meeting_id).await.unwrap();
    let unit = DEMANDER.to_string();
    assert_eq!(started.solution(None).await.demander_unit_id, unit);
    assert_eq!(
        started.solution(Some(Role::Auditor)).await.demander_unit_id,
        unit
    );
    assert_eq!(
        started.solution(Some(Role::Officer)).await.demander_unit_id,
        ""
    );
    assert_eq!(started.entry().await.demander_unit_id, "");
    assert!(!stands_in(started.nodes.hub.desk.pool(), &unit).await);

    let request = wire::ListDisclosuresRequest {
        posting_id: started.posting_id.clone(),
        page: None,
    };
    let mut auditor = started.nodes.home.dialogue(Role::Auditor);
    let listed = auditor.list_disclosures(request.clone()).await.unwrap();
    let told = listed.into_inner().disclosures;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&*told[0].unit_id, &*told[0].meeting_id, &*told[0].given_by),
        (&*SOLVER.to_string(), &*meeting_id, "member")
    );
    let home = &started.nodes.home;
    let mut stranger = home.dialogue_of(home.member(STRANGER));
    let foreign = stranger.list_disclosures(request).await;
    assert_eq!(foreign.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_naming_to_all_is_the_directors_and_reaches_every_catalogue() {
    let started = Started::opened().await;
    let home = &started.nodes.home;
    let propose = wire::ProposeNamingRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        solution_id: String::new(),
        reason: "须现场踏勘产线".into(),
    };
    let mut demander = home.dialogue_of(home.member(DEMANDER));
    let proposed = demander.propose_naming(propose).await.unwrap().into_inner();
    assert!(proposed.naming.is_some() && !proposed.named);
    let decide = wire::DecideNamingRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        approved: true,
        reason: String::new(),
    };
    let mut officer = home.dialogue(Role::Officer);
    let refused = officer.decide_naming(decide.clone()).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(started.entry().await.demander_unit_id, "");
    let mut director = home.dialogue(Role::Director);
    let named = director.decide_naming(decide).await.unwrap().into_inner();
    assert!(named.named && named.naming.is_none());
    started.nodes.settle().await;
    assert_eq!(started.entry().await.demander_unit_id, DEMANDER.to_string());
}

#[tokio::test]
async fn a_roadshow_is_released_by_another_told_to_all_at_the_days_end_and_fits_a_calendar() {
    let started = Started::opened().await;
    let meeting_id = started.arrange(None, 5).await;
    let request = wire::ReleaseRoadshowRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        meeting_id: meeting_id.clone(),
        approved: true,
        reason: String::new(),
    };
    let mut officer = started.nodes.home.dialogue(Role::Officer);
    officer.release_roadshow(request).await.unwrap();
    started.nodes.settle().await;
    assert_eq!(started.entry().await.roadshows, []);
    started.day_ends().await;
    let roadshows = started.entry().await.roadshows;
    assert_eq!(roadshows[0].meeting_id, meeting_id);
    let request = wire::GetRoadshowCalendarRequest {
        blind_id: started.blind_id.clone(),
        meeting_id,
    };
    let mut anyone = started.nodes.solver.dialogue(Role::Expert);
    let file = anyone.get_roadshow_calendar(request.clone()).await.unwrap();
    let file = file.into_inner().content;
    assert!(file.starts_with("BEGIN:VCALENDAR\r\n"), "{file}");
    assert!(file.contains("SUMMARY:项目路演 2024-0001"), "{file}");
    assert!(!file.contains(HOME), "{file}");
    let unknown = wire::GetRoadshowCalendarRequest {
        meeting_id: fresh(),
        ..request
    };
    let refused = anyone.get_roadshow_calendar(unknown).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}

#[tokio::test]
async fn both_sides_of_a_one_to_one_get_it_for_their_calendars_and_nobody_else() {
    let started = Started::opened().await;
    let meeting_id = started.arrange(Some(&started.solution_id), 3).await;
    let of_solver = wire::GetMeetingCalendarRequest {
        meeting_id: meeting_id.clone(),
        solution_id: started.solution_id.clone(),
        posting_id: String::new(),
    };
    let of_demander = wire::GetMeetingCalendarRequest {
        meeting_id,
        posting_id: started.posting_id.clone(),
        solution_id: String::new(),
    };
    let (home, solver) = (&started.nodes.home, &started.nodes.solver);
    let file = |node: &crate::nodes::Node, actor: Actor, request| {
        let mut client = node.dialogue_of(actor);
        async move {
            let file = client.get_meeting_calendar(request).await;
            file.map(|file| file.into_inner().content)
        }
    };
    let mine = file(solver, solver.member(SOLVER), of_solver.clone())
        .await
        .unwrap();
    assert!(
        mine.contains("STATUS:TENTATIVE") && !mine.contains(HOME),
        "{mine}"
    );
    accept(&started, &of_solver.meeting_id).await;
    let theirs = file(home, home.member(DEMANDER), of_demander.clone())
        .await
        .unwrap();
    assert!(theirs.contains("STATUS:CONFIRMED"), "{theirs}");
    for (node, request) in [(solver, of_solver), (home, of_demander)] {
        let foreign = file(node, node.member(STRANGER), request).await;
        assert_eq!(foreign.unwrap_err().code(), Code::NotFound);
    }
}
