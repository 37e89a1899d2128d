//! What an expert asks of their sheets, at home.

use chassis::{Admitted, Page, status};
use draws::Expert;
use proto::review::v1 as wire;
use regulation::{Actor, Day, Refusal, SheetId, UnitId};
use tonic::{Response, Status};

use super::{Door, view};
use crate::{
    domain::{Opinion, Sheet, SheetCommand, SheetRejection},
    read,
};

type Answer = Result<Response<wire::SheetView>, Status>;

impl Door {
    async fn sheet_command(
        &self,
        actor: Actor,
        sheet_id: &str,
        command: SheetCommand,
        request: &journal::Request,
    ) -> Result<Sheet, Status> {
        let id: SheetId = status::parse("sheet_id", sheet_id)?;
        let done = self
            .desk
            .execute::<Sheet>(actor, id, command, request)
            .await?;
        Ok(done.state)
    }

    /// Whom the caller works for, as far as this node knows.
    async fn employer(&self, actor: &Actor) -> Result<Option<UnitId>, Status> {
        let Some(expert) = actor.expert else {
            return Ok(None);
        };
        let loaded = self.desk.journal().load::<Expert>(expert).await;
        let loaded = loaded.map_err(status::journal)?.map(|loaded| loaded.state);
        Ok(match loaded {
            Some(Expert::Pooled(profile)) => Some(profile.employer),
            _ => None,
        })
    }

    /// Goes on with a sheet, unless a credit record bars the expert since the draw: then it is refused,
    /// and the next is asked. [Art. 20]
    async fn go_on(
        &self,
        actor: Actor,
        sheet_id: &str,
        command: SheetCommand,
        request: &journal::Request,
    ) -> Answer {
        let command = match self.barred_since(&actor, sheet_id).await? {
            Some(until) => SheetCommand::Bar { until },
            None => command,
        };
        let done = self
            .sheet_command(actor, sheet_id, command, request)
            .await?;
        match done {
            Sheet::Barred { until, .. } => {
                Err(status::refused(&Refusal::from(SheetRejection::Barred {
                    until,
                })))
            }
            sheet => Ok(Response::new(view::sheet(&sheet))),
        }
    }

    /// Until when a credit record bars the expert who is about to go on, if one does.
    async fn barred_since(&self, actor: &Actor, sheet_id: &str) -> Result<Option<Day>, Status> {
        let id: SheetId = status::parse("sheet_id", sheet_id)?;
        let sheet = self.desk.journal().load::<Sheet>(id).await;
        let sheet = sheet.map_err(status::journal)?.map(|loaded| loaded.state);
        // Nobody is looked up once it is decided.
        let open = sheet.as_ref().filter(|sheet| sheet.is_open());
        let asked = open.and_then(Sheet::invitation);
        let asked = asked.map(|asked| (asked.expert, &asked.person));
        draws::barred_since(&self.desk, "review.sheet", actor, asked).await
    }

    pub(super) async fn open_it(&self, asked: Admitted<wire::OpenSheetRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let employer = self.employer(&asked.actor).await?;
        let command = SheetCommand::Open { employer };
        self.go_on(asked.actor, &asked.message.sheet_id, command, &request)
            .await
    }

    pub(super) async fn complete(&self, asked: Admitted<wire::CompleteSheetRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let employer = self.employer(&asked.actor).await?;
        let message = asked.message;
        let opinion = Opinion::parse(message.scores, &message.comment, message.recommended)
            .map_err(|error| status::invalid("scores", error))?;
        let command = SheetCommand::Complete { opinion, employer };
        self.go_on(asked.actor, &message.sheet_id, command, &request)
            .await
    }

    pub(super) async fn conflict(&self, asked: Admitted<wire::DeclareConflictRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let command = SheetCommand::DeclareConflict;
        let sheet_id = &asked.message.sheet_id;
        let done = self
            .sheet_command(asked.actor, sheet_id, command, &request)
            .await?;
        Ok(Response::new(view::sheet(&done)))
    }

    pub(super) async fn sheet(&self, asked: &Admitted<wire::GetSheetRequest>) -> Answer {
        let id: SheetId = status::parse("sheet_id", &asked.message.sheet_id)?;
        let sheet = self.desk.load::<Sheet>("评审表", id).await?.state;
        let whose = sheet.invitation().map(|invitation| invitation.expert);
        if draws::may_see(&asked.actor, whose) {
            Ok(Response::new(view::sheet(&sheet)))
        } else {
            Err(status::not_found("评审表"))
        }
    }

    pub(super) async fn sheets(
        &self,
        asked: &Admitted<wire::ListSheetsRequest>,
    ) -> Result<Response<wire::ListSheetsResponse>, Status> {
        let page = Page::from(asked.message.page.clone());
        let expert = draws::whose(&asked.actor)?;
        let mut sheets = read::sheets(&self.desk, expert, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut sheets, |sheet| {
            let invitation = sheet.invitation();
            invitation.map_or_else(String::new, |asked| asked.sheet.to_string())
        });
        let sheets = sheets.iter().map(|sheet| wire::SheetView {
            content: String::new(),
            ..view::sheet(sheet)
        });
        Ok(Response::new(wire::ListSheetsResponse {
            sheets: sheets.collect(),
            next_page_token,
        }))
    }
}
