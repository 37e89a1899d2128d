//! Pictures on their way to the public: as the officer confirms them, and as everybody sees them.

use std::collections::BTreeSet;

use journal::Loaded;
use proto::intake::v1 as wire;
use tonic::Status;

use chassis::{Subject, status};

use super::{Door, files::digest};
use crate::domain::{Acceptance, Demand, Picture, ShownFigure, figure::FIGURES_MAX};

impl Door {
    /// What the officer confirms, with the pictures as they are kept, and whether the demander was
    /// barred since. What is no picture, or has more in it, is left out: the domain refuses what is
    /// missing.
    pub(super) async fn acceptance(
        &self,
        demand: Loaded<Demand>,
        confirmed: &[String],
    ) -> Result<Acceptance, Status> {
        if confirmed.len() > FIGURES_MAX {
            let most = format!("公开图片最多 {FIGURES_MAX} 张");
            return Err(status::invalid("confirmed_figures", most));
        }
        let confirmed = confirmed
            .iter()
            .map(|text| digest("confirmed_figures", text));
        let mut acceptance = Acceptance {
            confirmed: confirmed.collect::<Result<_, _>>()?,
            ..Acceptance::default()
        };
        let Some(case) = demand.state.0 else {
            return Ok(acceptance);
        };
        let (units, nobody) = (BTreeSet::from([case.demander]), BTreeSet::new());
        let barred = self.desk.barred("intake.accept", &units, &nobody);
        acceptance.barred = barred.await?.remove(&Subject::Unit(case.demander));
        for figure in case.content.figures {
            let found = self.store()?.find(&figure.digest).await;
            let found = found.map_err(|error| status::internal(&error))?;
            let picture = found.map(|bytes| Picture::of(&figure.digest, bytes));
            if let Some(Ok(picture)) = picture {
                acceptance.pictures.insert(figure.digest, picture);
            }
        }
        Ok(acceptance)
    }

    pub(super) async fn figure(
        &self,
        asked: wire::GetFigureRequest,
    ) -> Result<wire::GetFigureResponse, Status> {
        let digest = digest("digest", &asked.digest)?;
        let figure = self.desk.load::<ShownFigure>("图片", digest).await?;
        let picture = figure.state.shown();
        let picture = picture.ok_or_else(|| status::not_found("图片"))?;
        Ok(wire::GetFigureResponse {
            media_type: picture.kind.media_type().to_owned(),
            content: picture.content().to_vec(),
        })
    }
}
