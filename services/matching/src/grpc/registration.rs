//! Registrations of a unit for roadshows.

use proto::matching::v1 as wire;
use tonic::{Request, Status};

use super::Door;

impl Door {
    pub(super) async fn register_for_roadshow(
        &self,
        _: Request<wire::RegisterForRoadshowRequest>,
    ) -> Result<wire::Registration, Status> {
        Err(Status::unimplemented("registration"))
    }

    pub(super) async fn withdraw_registration(
        &self,
        _: Request<wire::WithdrawRegistrationRequest>,
    ) -> Result<wire::Registration, Status> {
        Err(Status::unimplemented("registration"))
    }

    pub(super) async fn list_registrations(
        &self,
        _: Request<wire::ListRegistrationsRequest>,
    ) -> Result<wire::ListRegistrationsResponse, Status> {
        Err(Status::unimplemented("registration"))
    }
}
