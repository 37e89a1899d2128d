//! The door in for the node's own people: what was said and heard, and the evidence of it.

use chassis::{Desk, Page, status};
use proto::exchange::v1 as wire;
use proto::exchange::v1::exchange_service_server::ExchangeService;
use regulation::{Region, RequestId};
use tonic::{Request, Response, Status};

use crate::{
    border::Running,
    compare,
    export::{self, Case},
    membership, read, verify,
};

/// Serves `ExchangeService`.
pub(crate) struct Door {
    desk: Desk,
    running: Running,
}

impl Door {
    pub(crate) fn new(desk: Desk, running: Running) -> Self {
        Self { desk, running }
    }
}

fn unavailable(error: sqlx::Error) -> Status {
    status::unavailable(&error)
}

#[tonic::async_trait]
impl ExchangeService for Door {
    async fn list_regions(
        &self,
        _request: Request<wire::ListRegionsRequest>,
    ) -> Result<Response<wire::ListRegionsResponse>, Status> {
        let border = self.running.get()?;
        Ok(Response::new(wire::ListRegionsResponse {
            hub_connected: border.share.is_connected(),
            regions: read::regions(border).await.map_err(unavailable)?,
        }))
    }

    async fn list_faults(
        &self,
        request: Request<wire::ListFaultsRequest>,
    ) -> Result<Response<wire::ListFaultsResponse>, Status> {
        let border = self.running.get()?;
        let wire::ListFaultsRequest {
            page,
            region,
            repaired,
        } = request.into_inner();
        let page = Page::from(page);
        let before = match page.after.as_str() {
            "" => i64::MAX,
            token => status::parse("page.page_token", token)?,
        };
        let mut faults = read::faults(border, &region, repaired, before, page.limit())
            .await
            .map_err(unavailable)?;
        let next_page_token = page.cut(&mut faults, |fault| fault.id.to_string());
        Ok(Response::new(wire::ListFaultsResponse {
            faults,
            next_page_token,
        }))
    }

    async fn compare_heads(
        &self,
        _request: Request<wire::CompareHeadsRequest>,
    ) -> Result<Response<wire::CompareHeadsResponse>, Status> {
        let border = self.running.get()?;
        Ok(Response::new(
            compare::heads(border).await.map_err(unavailable)?,
        ))
    }

    async fn verify_chain(
        &self,
        request: Request<wire::VerifyChainRequest>,
    ) -> Result<Response<wire::VerifyChainResponse>, Status> {
        let border = self.running.get()?;
        let region: Region = status::parse("region", &request.into_inner().region)?;
        Ok(Response::new(
            verify::chain(border, region).await.map_err(unavailable)?,
        ))
    }

    async fn export_chain(
        &self,
        request: Request<wire::ExportChainRequest>,
    ) -> Result<Response<wire::ExportedFile>, Status> {
        let border = self.running.get()?;
        let wire::ExportChainRequest { region, from, to } = request.into_inner();
        let region: Region = status::parse("region", &region)?;
        Ok(Response::new(
            export::chain(border, region, from, to).await?,
        ))
    }

    async fn export_decision(
        &self,
        request: Request<wire::ExportDecisionRequest>,
    ) -> Result<Response<wire::ExportedFile>, Status> {
        let border = self.running.get()?;
        let decision_id = request.into_inner().decision_id;
        Ok(Response::new(export::decision(border, decision_id).await?))
    }

    async fn export_case(
        &self,
        request: Request<wire::ExportCaseRequest>,
    ) -> Result<Response<wire::ExportedFile>, Status> {
        let border = self.running.get()?;
        let token = request
            .metadata()
            .get("authorization")
            .cloned()
            .ok_or_else(|| Status::unauthenticated("请先登录。"))?;
        let wire::ExportCaseRequest {
            service,
            kind,
            aggregate_id,
        } = request.into_inner();
        if !self.desk.peers().any(|peer| peer == service) {
            return Err(status::invalid("service", "本节点没有这个服务"));
        }
        let case = Case {
            service,
            kind,
            aggregate: aggregate_id,
            token,
        };
        Ok(Response::new(export::case(border, &self.desk, case).await?))
    }

    async fn redeliver_envelope(
        &self,
        request: Request<wire::RedeliverEnvelopeRequest>,
    ) -> Result<Response<wire::RedeliverEnvelopeResponse>, Status> {
        let border = self.running.get()?;
        let wire::RedeliverEnvelopeRequest {
            request_id,
            region,
            number,
        } = request.into_inner();
        status::parse::<RequestId>("request_id", &request_id)?;
        let region: Region = status::parse("region", &region)?;
        if read::redeliver(border, region, number)
            .await
            .map_err(unavailable)?
        {
            return Ok(Response::new(wire::RedeliverEnvelopeResponse {}));
        }
        Err(status::not_found("发给本节点的信封"))
    }

    async fn list_members(
        &self,
        _request: Request<wire::ListMembersRequest>,
    ) -> Result<Response<wire::ListMembersResponse>, Status> {
        let members = membership::list(self.running.get()?);
        Ok(Response::new(wire::ListMembersResponse { members }))
    }

    async fn export_membership(
        &self,
        _request: Request<wire::ExportMembershipRequest>,
    ) -> Result<Response<wire::ExportedFile>, Status> {
        let border = self.running.get()?;
        Ok(Response::new(export::membership(border).await?))
    }

    async fn check_membership(
        &self,
        request: Request<wire::CheckMembershipRequest>,
    ) -> Result<Response<wire::CheckMembershipResponse>, Status> {
        let faults = membership::against(self.running.get()?, &request.into_inner().document);
        Ok(Response::new(wire::CheckMembershipResponse { faults }))
    }
}
