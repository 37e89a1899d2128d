//! Somebody at a node, with clients for its services.

use federation::{Federation, Persona, Recorded};
use proto::{
    application::v1::application_service_client::ApplicationServiceClient,
    coordination::v1::coordination_service_client::CoordinationServiceClient,
    evaluation::v1::{
        draw_service_client::DrawServiceClient, evaluation_service_client::EvaluationServiceClient,
        pre_review_service_client::PreReviewServiceClient,
    },
    exchange::v1::exchange_service_client::ExchangeServiceClient,
    fund::v1::fund_service_client::FundServiceClient,
    intake::v1::intake_service_client::IntakeServiceClient,
    matching::v1::{
        dialogue_service_client::DialogueServiceClient,
        matching_service_client::MatchingServiceClient,
    },
    node::v1::admin_service_client::AdminServiceClient,
    project::v1::project_service_client::ProjectServiceClient,
    registry::v1::{
        credit_service_client::CreditServiceClient, import_service_client::ImportServiceClient,
        registry_service_client::RegistryServiceClient,
    },
    review::v1::review_service_client::ReviewServiceClient,
};
use regulation::{ExpertId, Region, Role, UnitId};
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
};

/// Puts the token on each call.
#[derive(Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request
            .metadata_mut()
            .insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// A channel with a token.
pub type Line = InterceptedService<Recorded, Bearer>;

/// Somebody at a node.
#[derive(Clone)]
pub struct Session<'f> {
    federation: &'f Federation,
    region: Region,
    bearer: Bearer,
}

macro_rules! clients {
    ($($name:ident, $service:literal, $client:ident;)*) => {$(
        #[doc = concat!("The node's ", $service, ".")]
        ///
        /// # Errors
        /// When the node has no such service.
        pub fn $name(&self) -> anyhow::Result<$client<Line>> {
            Ok($client::new(self.line($service)?))
        }
    )*};
}

impl<'f> Session<'f> {
    /// `persona`, logged in.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn new(federation: &'f Federation, persona: &Persona) -> anyhow::Result<Self> {
        let token = federation.token(persona)?;
        let bearer = Bearer(MetadataValue::try_from(format!("Bearer {token}"))?);
        Ok(Self {
            federation,
            region: persona.region(),
            bearer,
        })
    }

    /// The one person of this role there.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn of(federation: &'f Federation, region: Region, role: Role) -> anyhow::Result<Self> {
        Self::new(federation, &Persona::new(region, role))
    }

    /// The account of a unit's administrator.
    pub fn account(unit: UnitId) -> String {
        format!("member-{unit}")
    }

    /// A unit's administrator.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn of_unit(
        federation: &'f Federation,
        region: Region,
        unit: UnitId,
    ) -> anyhow::Result<Self> {
        let persona = Persona::new(region, Role::UnitMember);
        Self::new(
            federation,
            &persona.named(Self::account(unit)).of_unit(unit),
        )
    }

    /// An expert.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn of_expert(
        federation: &'f Federation,
        region: Region,
        expert: ExpertId,
    ) -> anyhow::Result<Self> {
        let persona = Persona::new(region, Role::Expert);
        Self::new(
            federation,
            &persona.named(format!("expert-{expert}")).as_expert(expert),
        )
    }

    /// Where they are.
    pub fn region(&self) -> Region {
        self.region
    }

    /// A channel to one of the node's services, with the token.
    ///
    /// # Errors
    /// When the node has no such service.
    pub fn line(&self, service: &str) -> anyhow::Result<Line> {
        let channel = self.federation.recorded(self.region, service)?;
        Ok(InterceptedService::new(channel, self.bearer.clone()))
    }

    clients! {
        registry, "registry", RegistryServiceClient;
        tables, "registry", ImportServiceClient;
        credit, "registry", CreditServiceClient;
        intake, "intake", IntakeServiceClient;
        evaluation, "evaluation", EvaluationServiceClient;
        pre_reviews, "evaluation", PreReviewServiceClient;
        draws, "evaluation", DrawServiceClient;
        coordination, "coordination", CoordinationServiceClient;
        matching, "matching", MatchingServiceClient;
        dialogue, "matching", DialogueServiceClient;
        project, "project", ProjectServiceClient;
        fund, "fund", FundServiceClient;
        exchange, "exchange", ExchangeServiceClient;
        application, "application", ApplicationServiceClient;
        review, "review", ReviewServiceClient;
    }

    /// What `service` offers to operators.
    ///
    /// # Errors
    /// When the node has no such service.
    pub fn admin(&self, service: &str) -> anyhow::Result<AdminServiceClient<Line>> {
        Ok(AdminServiceClient::new(self.line(service)?))
    }
}

/// A fresh name for a request.
#[expect(
    clippy::disallowed_methods,
    reason = "a caller from outside makes its own names"
)]
pub fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
