//! A picture with a demand: uploaded with all that a camera writes into it, confirmed by the
//! officer, and on every node nothing but the picture once the demand is published. [Art. 10]

use anyhow::{Context as _, ensure};
use proto::{
    intake::v1::{
        DemandContent, FigureChoice, GetDemandRequest, GetFigureRequest, UploadAttachmentRequest,
    },
    matching::v1::GetCatalogueEntryRequest,
};
use regulation::Role;

use super::{DemandRef, Way, found};
use crate::request_id;

const CAPTION: &str = "工艺流程示意";
/// The smallest PNG that is one: a single grey dot.
const HEAD: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\
      \x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55";
const DOT: &[u8] =
    b"\x00\x00\x00\x0a\x49\x44\x41\x54\x78\x9c\x63\x68\x00\x00\x00\x82\x00\x81\x77\xcd\x72\xb6\
      \x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

impl Way<'_> {
    /// The demander uploads a picture and chooses it for publication.
    pub(super) async fn with_a_picture(
        &self,
        entry: &DemandRef,
        content: DemandContent,
    ) -> anyhow::Result<DemandContent> {
        let session = crate::Session::of_unit(self.federation, entry.region, entry.unit)?;
        let author = format!("Author\0PRIVATE-AUTHOR-{}", entry.key);
        let length = u32::try_from(author.len())?.to_be_bytes();
        let note = [&length[..], b"tEXt", author.as_bytes(), b"csum"].concat();
        let upload = UploadAttachmentRequest {
            request_id: request_id(),
            demand_id: entry.id.clone(),
            file_name: format!("PRIVATE-PICTURE-{}.png", entry.key),
            content: [HEAD, &note, DOT].concat(),
        };
        let upload = futures::stream::iter([upload]);
        let demand = session.intake()?.upload_attachment(upload).await?;
        let demand = demand.into_inner();
        let kept = demand.attachments.last().context("no attachment")?;
        ensure!(
            kept.metadata_removed,
            "who made the picture is kept: {kept:?}"
        );
        let figure = FigureChoice {
            attachment_digest: kept.digest.clone(),
            caption: CAPTION.into(),
            task_id: String::new(),
        };
        Ok(DemandContent {
            figures: vec![figure],
            ..content
        })
    }

    /// The digests of what the demander wants to publish, which the officer has looked at.
    pub(super) async fn pictures_of(&self, entry: &DemandRef) -> anyhow::Result<Vec<String>> {
        let officer = self.as_role(entry.region, Role::Officer)?;
        let request = GetDemandRequest {
            demand_id: entry.id.clone(),
        };
        let demand = officer.intake()?.get_demand(request).await?.into_inner();
        let figures = demand.content.unwrap_or_default().figures.into_iter();
        Ok(figures.map(|figure| figure.attachment_digest).collect())
    }

    /// Everybody sees the picture with the published demand, and nothing else of the file.
    pub(super) async fn pictures_are_shown(&mut self, blind_id: &str) -> anyhow::Result<()> {
        for region in self.reachable() {
            let session = self.as_role(region, Role::Auditor)?;
            let look = || async {
                let request = GetCatalogueEntryRequest {
                    blind_id: blind_id.to_owned(),
                    ..Default::default()
                };
                let item = session.matching()?.get_catalogue_entry(request).await?;
                let record = item.into_inner().entry.and_then(|entry| entry.record);
                let figures = record.unwrap_or_default().figures;
                let figure = figures.into_iter().next().context("no picture")?;
                let request = GetFigureRequest {
                    digest: figure.digest.clone(),
                };
                let shown = session.intake()?.get_figure(request).await?.into_inner();
                Ok(Some((figure, shown)))
            };
            let (figure, shown) = found("the picture of a published demand", look).await?;
            ensure!(figure.caption == CAPTION, "another caption: {figure:?}");
            ensure!(
                shown.content == [HEAD, DOT].concat(),
                "more, or less, than the picture at {region}"
            );
        }
        self.say("  随需求公开的图片在各节点可见，仅含画面，不含作者、文件名等信息");
        Ok(())
    }
}
