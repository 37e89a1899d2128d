//! Files on their way into a demand and out of it.

use std::pin::Pin;

use chassis::{
    Admitted, admit, admit_stream,
    attachments::{self, Checked, Store, pieces, receive},
    status,
};
use evidence::Digest;
use futures::Stream;
use proto::intake::v1 as wire;
use tokio::sync::Mutex;
use tonic::{Request, Status, Streaming};

use super::{Door, view};
use crate::domain::{Attachment, Command, Demand, figure};

/// A file on its way out.
pub(super) type Download =
    Pin<Box<dyn Stream<Item = Result<wire::DownloadAttachmentResponse, Status>> + Send>>;

impl Door {
    pub(super) fn store(&self) -> Result<Store, Status> {
        Store::open(&self.settings.attachments).map_err(|error| status::internal(&error))
    }

    pub(super) async fn upload(
        &self,
        request: Request<Streaming<wire::UploadAttachmentRequest>>,
    ) -> Result<wire::Demand, Status> {
        let (actor, mut stream) = admit_stream(request)?;
        let first = stream.message().await?.unwrap_or_default();
        // Whoever may not add one is told before the file has come in.
        let name = status::parse("file_name", &first.file_name);
        let _: regulation::RequestId = status::parse("request_id", &first.request_id)?;
        let demand = self.visible(&actor, &first.demand_id).await?;
        let name = name?;
        let rest = Mutex::new(stream);
        let next = || async {
            Ok(rest
                .lock()
                .await
                .message()
                .await?
                .map(|piece| piece.content))
        };
        let bytes = receive(first.content.clone(), next).await?;
        let checked = attachments::check(bytes);
        let checked = checked.map_err(|error| status::invalid("content", error))?;
        figure::is_what_it_says(checked.kind, &checked.bytes)
            .map_err(|error| status::invalid("content", error))?;
        // A repeat is known by what was sent, whatever its pieces.
        let whole = wire::UploadAttachmentRequest {
            content: checked.digest.as_bytes().to_vec(),
            ..first
        };
        let asked = Admitted::of(actor, whole);
        let request = asked.request(&asked.message.request_id)?;
        let Checked {
            kind,
            digest,
            cleaned,
            bytes,
        } = checked;
        let kept = self.store()?.keep(&digest, &bytes).await;
        kept.map_err(|error| status::internal(&error))?;
        let command = Command::Attach(Box::new(Attachment {
            digest,
            name,
            kind,
            bytes: bytes.len() as u64,
            cleaned,
            at: self.desk.clock().now(),
        }));
        let actor = asked.actor.clone();
        let done = self
            .desk
            .execute::<Demand>(asked.actor, demand.id, command, &request)
            .await?;
        Ok(view::view(&done, &actor))
    }

    pub(super) async fn remove(
        &self,
        request: Request<wire::RemoveAttachmentRequest>,
    ) -> Result<wire::Demand, Status> {
        let asked = admit(request)?;
        let digest: Digest = digest("digest", &asked.message.digest)?;
        let (request_id, id) = (
            asked.message.request_id.clone(),
            asked.message.demand_id.clone(),
        );
        self.on_demand(asked, &request_id, &id, Command::Detach(digest))
            .await
    }

    pub(super) async fn download(
        &self,
        request: Request<wire::DownloadAttachmentRequest>,
    ) -> Result<Download, Status> {
        let asked = admit(request)?;
        let digest = digest("digest", &asked.message.digest)?;
        let demand = self.visible(&asked.actor, &asked.message.demand_id).await?;
        let attachment = demand
            .state
            .0
            .as_ref()
            .and_then(|case| case.attachment(&digest));
        let attachment = attachment.ok_or_else(|| status::not_found("附件"))?;
        let found = self.store()?.find(&digest).await;
        let bytes = found
            .map_err(|error| status::internal(&error))?
            .ok_or_else(|| status::not_found("附件"))?;
        let mut told = Some(view::attachment(attachment));
        let messages = pieces(&bytes).into_iter().map(move |content| {
            let attachment = told.take();
            Ok(wire::DownloadAttachmentResponse {
                attachment,
                content,
            })
        });
        // One piece at a time is copied out of the file.
        Ok(Box::pin(futures::stream::iter(messages)))
    }
}

pub(super) fn digest(field: &str, text: &str) -> Result<Digest, Status> {
    text.parse()
        .map_err(|_| status::invalid(field, "应为 64 位十六进制的 SHA-256 摘要"))
}
