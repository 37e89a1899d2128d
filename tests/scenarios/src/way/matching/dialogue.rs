//! A question that all solvers read the answer to, and a one-to-one at which one solver learns the
//! demander.

use anyhow::{Context as _, ensure};
use proto::matching::v1::{
    AnswerInvitationRequest, AnswerQuestionRequest, ArrangeMeetingRequest, AskQuestionRequest,
    DiscloseDemanderRequest, GetCatalogueEntryRequest, GetPostingRequest, GetSolutionRequest,
    ListDisclosuresRequest, ListSolutionsRequest, Meeting, MeetingState, Release,
    ReleaseAnswerRequest, Solution,
};
use regulation::{Region, Role};
use time::{Duration, format_description::well_known::Rfc3339};

use super::{FULLY, SOLVERS, Solver};
use crate::{
    request_id,
    way::{Way, found, intake::reason},
};

const ANSWER: &str = "验证条件由需求方提供，揭榜方只需提供样品。";

/// Who asks, and later meets the demander.
fn asker() -> anyhow::Result<&'static Solver> {
    SOLVERS.first().context("no solver")
}

impl Way<'_> {
    /// A solver asks about a published demand; gives the question's id.
    pub(super) async fn ask(&self) -> anyhow::Result<String> {
        let session = self.as_member(asker()?.unit)?;
        let request = AskQuestionRequest {
            request_id: request_id(),
            blind_id: self.published(FULLY)?.blind_id.clone(),
            text: "应用验证由哪一方组织？".into(),
        };
        let asked = session.dialogue()?.ask_question(request).await?;
        Ok(asked.into_inner().question_id)
    }

    /// The demander answers, the department releases the answer.
    pub(super) async fn answer(&self, question_id: &str) -> anyhow::Result<()> {
        let (demander, region) = self.demander(FULLY)?;
        let posting_id = self.posting(FULLY).await?.posting_id;
        found("the question", || async {
            let request = GetPostingRequest {
                posting_id: posting_id.clone(),
            };
            let posting = demander.matching()?.get_posting(request).await?;
            let questions = posting.into_inner().questions;
            let asked = questions.iter().any(|one| one.question_id == question_id);
            Ok(asked.then_some(()))
        })
        .await?;
        let answer = |answer: String| AnswerQuestionRequest {
            request_id: request_id(),
            posting_id: posting_id.clone(),
            question_id: question_id.to_owned(),
            answer,
        };
        let named = format!("由{}组织。", self.demander_name(FULLY)?);
        let refused = demander.dialogue()?.answer_question(answer(named)).await;
        let Err(status) = refused else {
            anyhow::bail!("an answer named the demander")
        };
        ensure!(reason(&status) == "matching.neutral", "{status}");
        demander
            .dialogue()?
            .answer_question(answer(ANSWER.to_owned()))
            .await?;
        let officer = self.as_role(region, Role::Officer)?;
        let request = ReleaseAnswerRequest {
            request_id: request_id(),
            posting_id,
            question_id: question_id.to_owned(),
            release: Release::Publish.into(),
            reason: String::new(),
        };
        officer.dialogue()?.release_answer(request).await?;
        Ok(())
    }

    /// Every node's catalogue has question and answer.
    pub(super) async fn see_the_answer(&self, question_id: &str) -> anyhow::Result<()> {
        let blind_id = &self.published(FULLY)?.blind_id;
        for region in self.reachable() {
            let session = self.as_role(region, Role::Auditor)?;
            found("the answer in the catalogue", || async {
                let request = GetCatalogueEntryRequest {
                    blind_id: blind_id.clone(),
                    ..Default::default()
                };
                let item = session.matching()?.get_catalogue_entry(request).await?;
                let mut answers = item.into_inner().questions.into_iter();
                let answer = answers.find(|one| one.question_id == question_id);
                Ok(answer.filter(|one| one.answer == ANSWER).map(|_| ()))
            })
            .await?;
        }
        self.say("  一项提问经审核统一答复，各节点目录一致，不公开提问单位");
        Ok(())
    }

    /// A one-to-one, at which the demander is told to that solver alone. Everybody else goes on
    /// without knowing, as before.
    ///
    /// # Errors
    /// What was refused, did not arrive, or arrived where it should not.
    pub async fn disclosure(&mut self) -> anyhow::Result<()> {
        let asker = asker()?;
        let mine = self.solution_of(asker.unit).await?;
        let (demander, region) = self.demander(FULLY)?;
        let posting_id = self.posting(FULLY).await?.posting_id;
        let meeting = self.arrange(&posting_id, &mine.solution_id).await?;
        self.accept_invitation(asker.unit, &mine.solution_id, &meeting.meeting_id)
            .await?;
        let disclose = || DiscloseDemanderRequest {
            request_id: request_id(),
            posting_id: posting_id.clone(),
            meeting_id: meeting.meeting_id.clone(),
            word: "同意向该解决方公开本单位身份，用于洽谈技术合同。".into(),
        };
        let early = demander.dialogue()?.disclose_demander(disclose()).await;
        let Err(status) = early else {
            anyhow::bail!("the demander was disclosed before the one-to-one")
        };
        ensure!(reason(&status) == "matching.anonymous", "{status}");
        self.federation.advance(1).await?;
        found("the solver's acceptance", || async {
            let told = demander.dialogue()?.disclose_demander(disclose()).await?;
            Ok(Some(told))
        })
        .await?;
        let unit = self.unit(&self.company(FULLY)?)?.0.to_string();
        found("the disclosure", || async {
            let solution = self.solution_of(asker.unit).await?;
            Ok((solution.demander_unit_id == unit).then_some(()))
        })
        .await?;
        let request = ListDisclosuresRequest {
            posting_id,
            page: None,
        };
        let auditor = self.as_role(region, Role::Auditor)?;
        let told = auditor.dialogue()?.list_disclosures(request).await?;
        let told = told.into_inner().disclosures;
        ensure!(told.len() == 1, "told {told:?}");
        let other = SOLVERS.get(1).context("no other solver")?;
        let others = self.solution_of(other.unit).await?;
        ensure!(others.demander_unit_id.is_empty(), "another solver knows");
        self.say("  一对一交流：经需求方记录同意，仅向该解决方公开需求方，监督可查");
        Ok(())
    }

    async fn arrange(&self, posting_id: &str, solution_id: &str) -> anyhow::Result<Meeting> {
        let (demander, _) = self.demander(FULLY)?;
        let starts_at = self.federation.now() + Duration::HOUR;
        let request = ArrangeMeetingRequest {
            request_id: request_id(),
            posting_id: posting_id.to_owned(),
            solution_id: solution_id.to_owned(),
            starts_at: starts_at.format(&Rfc3339)?,
            ends_at: (starts_at + Duration::HOUR).format(&Rfc3339)?,
            venue: "平台线上会议室".into(),
            agenda: "技术路线与任务分工".into(),
            ..Default::default()
        };
        let arranged = demander.dialogue()?.arrange_meeting(request).await?;
        let mut meetings = arranged.into_inner().meetings.into_iter();
        let mine = meetings.find(|meeting| meeting.solution_id == solution_id);
        mine.context("no meeting was arranged")
    }

    async fn accept_invitation(
        &self,
        unit: &str,
        solution_id: &str,
        meeting_id: &str,
    ) -> anyhow::Result<()> {
        let session = self.as_member(unit)?;
        let answer = || async {
            let request = AnswerInvitationRequest {
                request_id: request_id(),
                solution_id: solution_id.to_owned(),
                meeting_id: meeting_id.to_owned(),
                accepted: true,
                note: String::new(),
            };
            let answered = session.dialogue()?.answer_invitation(request).await?;
            let meetings = answered.into_inner().meetings;
            let arranged = meetings
                .iter()
                .any(|meeting| meeting.state() == MeetingState::Arranged);
            Ok(arranged.then_some(()))
        };
        found("the invitation", answer).await
    }

    /// A unit's solution, as the unit sees it.
    async fn solution_of(&self, unit: &str) -> anyhow::Result<Solution> {
        let session = self.as_member(unit)?;
        let listed = session
            .matching()?
            .list_solutions(ListSolutionsRequest::default())
            .await?;
        let first = listed.into_inner().solutions.into_iter().next();
        let solution_id = first.context("no solution")?.solution_id;
        let request = GetSolutionRequest { solution_id };
        let solution = session.matching()?.get_solution(request).await?;
        Ok(solution.into_inner())
    }

    fn company(&self, key: &str) -> anyhow::Result<String> {
        let demand = self.input.demands.iter().find(|demand| demand.key == key);
        Ok(demand.context("no such demand")?.company.clone())
    }

    pub(super) fn demander(&self, key: &str) -> anyhow::Result<(crate::Session<'_>, Region)> {
        let company = self.company(key)?;
        Ok((self.as_member(&company)?, self.unit(&company)?.1))
    }

    pub(super) fn demander_name(&self, key: &str) -> anyhow::Result<String> {
        let company = self.company(key)?;
        let known = self.input.companies.iter().find(|one| one.key == company);
        Ok(known.context("no such company")?.name.clone())
    }
}
