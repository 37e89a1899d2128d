//! A unit's parts of others' applications, at the unit's home.

use chassis::{Page, admit, status};
use journal::Loaded;
use proto::application::v1 as wire;
use regulation::{Actor, PartId};
use tonic::{Request, Status};

use super::{Door, invalid, only_own, view};
use crate::{
    domain::{
        Part,
        part::{Command, Input},
    },
    read, record,
};

impl Door {
    /// Loads a part that the caller may see.
    async fn part(&self, actor: &Actor, id: &str) -> Result<Loaded<Part>, Status> {
        let id: PartId = status::parse("part_id", id)?;
        let part = self.desk.load::<Part>("申报书部分", id).await?;
        let unit = part.state.0.as_ref().map(|asked| asked.request.unit);
        let visible = unit.is_some() && (actor.unit == unit || actor.role.is_of_department());
        if visible {
            Ok(part)
        } else {
            Err(status::not_found("申报书部分"))
        }
    }

    pub(super) async fn list_parts(
        &self,
        request: Request<wire::ListPartsRequest>,
    ) -> Result<wire::ListPartsResponse, Status> {
        let asked = admit(request)?;
        let unit = only_own(&asked.actor)?;
        let page = Page::from(asked.message.page);
        let mut rows = read::parts(&self.desk, unit, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        Ok(wire::ListPartsResponse {
            parts: rows.iter().map(view::part).collect(),
            next_page_token,
        })
    }

    pub(super) async fn get_part(
        &self,
        request: Request<wire::GetPartRequest>,
    ) -> Result<wire::Part, Status> {
        let asked = admit(request)?;
        let part = self.part(&asked.actor, &asked.message.part_id).await?;
        Ok(view::part(&part))
    }

    pub(super) async fn provide_part(
        &self,
        request: Request<wire::ProvidePartRequest>,
    ) -> Result<wire::Part, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let part = self.part(&asked.actor, &asked.message.part_id).await?;
        let input = asked.message.input;
        let input = input.ok_or_else(|| status::invalid("input", "请填写本单位的部分"))?;
        let input = Input {
            lines: record::lines(&input.lines).map_err(invalid)?,
            people: record::people(&input.person_keys).map_err(invalid)?,
            work: status::parse("input.work", &input.work)?,
        };
        let asked_of = part.state.0.iter().map(|asked| asked.request.unit);
        let barred = self
            .desk
            .barred("application.part", &asked_of.collect(), &input.people)
            .await?;
        let input = Box::new(input);
        let command = Command::Provide { input, barred };
        let done = self
            .desk
            .execute::<Part>(asked.actor, part.id, command, &request)
            .await?;
        Ok(view::part(&done))
    }
}
