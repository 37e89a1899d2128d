//! What services say of themselves to their operators.

use anyhow::Context as _;
use proto::{
    exchange::v1::{
        ListRegionsRequest, RegionState, exchange_service_client::ExchangeServiceClient,
    },
    node::v1::{
        DeadLetter, GetServiceStatusRequest, ListDeadLettersRequest, ServiceStatus,
        admin_service_client::AdminServiceClient,
    },
};
use regulation::{Region, Role};

use crate::{Federation, Persona, calls, parts::EXCHANGE};

impl Federation {
    /// What a service says of itself.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn status(&self, region: Region, service: &str) -> anyhow::Result<ServiceStatus> {
        let operator = self.token(&Persona::new(region, Role::Operator))?;
        let mut client = AdminServiceClient::new(self.channel(region, service)?);
        let request = calls::bearing(&operator, GetServiceStatusRequest {})?;
        let status = client.get_service_status(request).await;
        let said = status.with_context(|| format!("{service} of {region}"))?;
        Ok(said.into_inner())
    }

    /// Every member as a node's exchange hears it, itself among them.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn members_heard(&self, region: Region) -> anyhow::Result<Vec<RegionState>> {
        let operator = self.token(&Persona::new(region, Role::Operator))?;
        let mut client = ExchangeServiceClient::new(self.channel(region, EXCHANGE)?);
        let request = calls::bearing(&operator, ListRegionsRequest {})?;
        let heard = client.list_regions(request).await;
        let heard = heard.with_context(|| format!("exchange of {region}"))?;
        Ok(heard.into_inner().regions)
    }

    /// What could not be read or applied, anywhere: by node and service.
    ///
    /// # Errors
    /// When a service that keeps a journal does not answer.
    pub async fn dead_letters(&self) -> anyhow::Result<Vec<(Region, String, DeadLetter)>> {
        let mut all = Vec::new();
        for (region, node) in &self.nodes {
            let operator = self.token(&Persona::new(*region, Role::Operator))?;
            for (name, service) in &node.services {
                if !service.plan.part.database {
                    continue;
                }
                let request = calls::bearing(&operator, ListDeadLettersRequest {})?;
                let mut client = AdminServiceClient::new(service.channel.clone());
                let letters = client.list_dead_letters(request).await;
                let letters = letters.with_context(|| format!("{name} of {region}"))?;
                let letters = letters.into_inner().letters.into_iter();
                all.extend(letters.map(|letter| (*region, name.clone(), letter)));
            }
        }
        Ok(all)
    }
}
