//! Who learns the demander: the demander's word, the department's approval, the auditor's list.

use chassis::{Page, admit, status};
use proto::matching::v1 as wire;
use tonic::{Request, Status};

use super::{Door, view};
use crate::domain::posting::{Command, disclosure};

impl Door {
    pub(super) async fn disclose_demander(
        &self,
        request: Request<wire::DiscloseDemanderRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let meeting = status::parse("meeting_id", &message.meeting_id)?;
        let word = status::parse("word", &message.word)?;
        let command = Command::Disclosure(disclosure::Command::Disclose(meeting, word));
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, command).await
    }

    pub(super) async fn propose_naming(
        &self,
        request: Request<wire::ProposeNamingRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let solution = status::optional("solution_id", &message.solution_id)?;
        let reason = status::parse("reason", &message.reason)?;
        let command = Command::Disclosure(disclosure::Command::ProposeNaming(solution, reason));
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, command).await
    }

    pub(super) async fn decide_naming(
        &self,
        request: Request<wire::DecideNamingRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let refused = if message.approved {
            None
        } else {
            Some(status::parse("reason", &message.reason)?)
        };
        let command = Command::Disclosure(disclosure::Command::DecideNaming(refused));
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, command).await
    }

    pub(super) async fn list_disclosures(
        &self,
        request: Request<wire::ListDisclosuresRequest>,
    ) -> Result<wire::ListDisclosuresResponse, Status> {
        let asked = admit(request)?;
        let page = Page::from(asked.message.page);
        let posting = self
            .posting(&asked.actor, &asked.message.posting_id)
            .await?;
        let told = posting.state.call().map(|call| &call.disclosures);
        // In the order in which they were told: the place of the last one shown is where to go on.
        let from: usize = match page.after.as_str() {
            "" => 0,
            after => status::parse("page_token", after)?,
        };
        let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let rows = told.into_iter().flatten().enumerate().skip(from);
        let mut rows: Vec<_> = rows.take(limit).collect();
        let next_page_token = page.cut(&mut rows, |(place, _)| (place + 1).to_string());
        let disclosures = rows.iter().map(|(_, one)| view::disclosure(one)).collect();
        Ok(wire::ListDisclosuresResponse {
            disclosures,
            next_page_token,
        })
    }
}
