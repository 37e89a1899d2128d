//! What an expert asks of their sheets, at home.

use chassis::{Admitted, Page, status};
use proto::review::v1 as wire;
use regulation::{Actor, Role, SheetId, UnitId};
use tonic::{Response, Status};

use super::{Door, view};
use crate::{
    domain::{Expert, Opinion, Sheet, SheetCommand},
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
    ) -> Answer {
        let id: SheetId = status::parse("sheet_id", sheet_id)?;
        let done = self
            .desk
            .execute::<Sheet>(actor, id, command, request)
            .await?;
        Ok(Response::new(view::sheet(&done.state)))
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

    pub(super) async fn open_it(&self, asked: Admitted<wire::OpenSheetRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let employer = self.employer(&asked.actor).await?;
        let command = SheetCommand::Open { employer };
        self.sheet_command(asked.actor, &asked.message.sheet_id, command, &request)
            .await
    }

    pub(super) async fn complete(&self, asked: Admitted<wire::CompleteSheetRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let employer = self.employer(&asked.actor).await?;
        let message = asked.message;
        let opinion = Opinion::parse(message.scores, &message.comment, message.recommended)
            .map_err(|error| status::invalid("scores", error))?;
        let command = SheetCommand::Complete { opinion, employer };
        self.sheet_command(asked.actor, &message.sheet_id, command, &request)
            .await
    }

    pub(super) async fn conflict(&self, asked: Admitted<wire::DeclareConflictRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let command = SheetCommand::DeclareConflict;
        self.sheet_command(asked.actor, &asked.message.sheet_id, command, &request)
            .await
    }

    pub(super) async fn sheet(&self, asked: &Admitted<wire::GetSheetRequest>) -> Answer {
        let id: SheetId = status::parse("sheet_id", &asked.message.sheet_id)?;
        let sheet = self.desk.load::<Sheet>("评审表", id).await?.state;
        let whose = sheet.invitation().map(|invitation| invitation.expert);
        let own = whose.is_some() && whose == asked.actor.expert;
        if own || asked.actor.role == Role::Auditor {
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
        let expert = match asked.actor.role {
            Role::Auditor => None,
            _ => Some(
                asked
                    .actor
                    .expert
                    .ok_or_else(|| status::forbidden("您的账号没有对应的专家。"))?,
            ),
        };
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
