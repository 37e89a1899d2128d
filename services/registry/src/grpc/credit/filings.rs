//! What was filed in the national record, at the door. [Art. 20]

use chassis::{Admitted, Page, status};
use journal::Loaded;
use proto::registry::v1 as wire;
use tonic::Status;

use super::{CreditDoor, there};
use crate::{
    domain::credit::{
        Filing, RecordId,
        filing::{Command, Stage},
    },
    read,
};

impl CreditDoor {
    pub(super) async fn filings(
        &self,
        asked: wire::ListCreditFilingsRequest,
    ) -> Result<wire::ListCreditFilingsResponse, Status> {
        let stage = stage_name(asked.state());
        let page = Page::from(asked.page);
        let mut filings =
            read::credit::filings(&self.desk, stage, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut filings, |filing| filing.id.clone());
        let filings = filings.iter().map(view);
        Ok(wire::ListCreditFilingsResponse {
            filings: filings.collect::<Result<_, Status>>()?,
            next_page_token,
        })
    }

    pub(super) async fn refile(
        &self,
        asked: Admitted<wire::RefileCreditRecordRequest>,
    ) -> Result<wire::CreditFiling, Status> {
        let request = asked.request(&asked.message.request_id)?;
        let id: RecordId = status::parse("record_id", &asked.message.record_id)?;
        let done = self
            .desk
            .execute::<Filing>(asked.actor, id, Command::Refile, &request)
            .await?;
        view(&done)
    }
}

fn view(loaded: &Loaded<Filing>) -> Result<wire::CreditFiling, Status> {
    let kept = there(loaded.state.0.as_deref())?;
    let ended = kept.standing.ended;
    let mut seen = wire::CreditFiling {
        record_id: loaded.id.clone(),
        state: state(&kept.stage).into(),
        ended: ended
            .map_or(wire::CreditEnd::Unspecified, Into::into)
            .into(),
        number: i32::try_from(kept.number).unwrap_or(i32::MAX),
        ..wire::CreditFiling::default()
    };
    if let Some(handed) = kept.handed() {
        seen.digest = handed.digest.to_string();
        seen.filed_on = handed.on.to_string();
    }
    match &kept.stage {
        Stage::Receipted { receipt, .. } => seen.receipt = receipt.to_string(),
        Stage::Rejected { reason, .. } => seen.reason = reason.to_string(),
        Stage::Queued {} | Stage::Filed(_) => {}
    }
    Ok(seen)
}

fn state(stage: &Stage) -> wire::CreditFilingState {
    match stage {
        Stage::Queued {} => wire::CreditFilingState::Queued,
        Stage::Filed(_) => wire::CreditFilingState::Filed,
        Stage::Receipted { .. } => wire::CreditFilingState::Receipted,
        Stage::Rejected { .. } => wire::CreditFilingState::Rejected,
    }
}

/// The stage's name in the stored state; none for all.
fn stage_name(state: wire::CreditFilingState) -> Option<&'static str> {
    match state {
        wire::CreditFilingState::Unspecified => None,
        wire::CreditFilingState::Queued => Some("queued"),
        wire::CreditFilingState::Filed => Some("filed"),
        wire::CreditFilingState::Receipted => Some("receipted"),
        wire::CreditFilingState::Rejected => Some("rejected"),
    }
}
