//! What every service offers to its operators: `AdminService` by gRPC; `/metrics`, `/livez` and
//! `/readyz` by HTTP.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use proto::node::v1 as wire;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tonic::{Request, Response, Status};

use crate::{
    clock::ClockError,
    desk::Desk,
    facts,
    inbound::{Inbound, Outcome},
    policy_change,
    service::Service,
    status,
};

/// Dead letters that are shown at most.
const LETTERS_MAX: i64 = 500;

/// The admin door of the service `S`.
pub(crate) struct Admin<S> {
    desk: Desk,
    inbound: Inbound<S>,
}

impl<S: Service> Admin<S> {
    pub(crate) fn new(desk: Desk) -> Self {
        Self {
            inbound: Inbound::new(desk.clone()),
            desk,
        }
    }

    async fn status(&self) -> Result<wire::ServiceStatus, Status> {
        let desk = &self.desk;
        let told_until = desk
            .told_until()
            .await
            .map_err(|e| status::unavailable(&e))?;
        let counts = sqlx::query!(
            r#"select (select count(*) from journal_outbox) as "outbox!",
                      (select count(*) from journal_dead_letter where resolution is null)
                          as "dead_letters!",
                      (select count(*) from journal_timer where fired is null) as "timers!""#
        )
        .fetch_one(&desk.pool)
        .await
        .map_err(|error| status::unavailable(&error))?;
        Ok(wire::ServiceStatus {
            service: desk.service.to_owned(),
            region: desk.region.to_string(),
            now: text(desk.clock.now()),
            clock_offset_ms: desk.clock.offset_ms(),
            outbox: counts.outbox,
            dead_letters: counts.dead_letters,
            timers: counts.timers,
            policies: desk.policies.in_force().await,
            told_until: text(told_until),
        })
    }
}

fn text(at: OffsetDateTime) -> String {
    // Fails only for years that RFC 3339 can't say, which no clock here reaches.
    at.format(&Rfc3339).unwrap_or_default()
}

#[tonic::async_trait]
impl<S: Service> wire::admin_service_server::AdminService for Admin<S> {
    async fn get_service_status(
        &self,
        _request: Request<wire::GetServiceStatusRequest>,
    ) -> Result<Response<wire::ServiceStatus>, Status> {
        Ok(Response::new(self.status().await?))
    }

    async fn set_clock(
        &self,
        request: Request<wire::SetClockRequest>,
    ) -> Result<Response<wire::ServiceStatus>, Status> {
        let offset_ms = request.into_inner().offset_ms;
        let set = self.desk.clock.set_offset_ms(offset_ms);
        set.map_err(|error| match error {
            ClockError::NotSimulated => status::info(
                tonic::Code::FailedPrecondition,
                "chassis.wall-clock",
                "本节点使用真实时间，不能调整时钟；请仅在演示或测试节点上调整。".to_owned(),
            ),
            ClockError::TooFar => status::invalid("offset_ms", "与真实时间相差不能超过一百年"),
        })?;
        tracing::info!(offset_ms, "clock set");
        self.desk.timers.notify_one();
        Ok(Response::new(self.status().await?))
    }

    async fn verify_journal(
        &self,
        _request: Request<wire::VerifyJournalRequest>,
    ) -> Result<Response<wire::VerifyJournalResponse>, Status> {
        let report = self.desk.journal.verify().await.map_err(status::journal)?;
        Ok(Response::new(wire::VerifyJournalResponse {
            facts: i64::try_from(report.facts).unwrap_or(i64::MAX),
            aggregates: i64::try_from(report.aggregates).unwrap_or(i64::MAX),
            seals: report.seals,
            faults: report.broken.iter().map(ToString::to_string).collect(),
        }))
    }

    async fn get_journal_head(
        &self,
        _request: Request<wire::GetJournalHeadRequest>,
    ) -> Result<Response<wire::JournalHeadReport>, Status> {
        self.desk
            .journal
            .seal_new_facts()
            .await
            .map_err(status::journal)?;
        let head = self.desk.journal.head().await.map_err(status::journal)?;
        Ok(Response::new(wire::JournalHeadReport {
            seals: head.seals,
            head: head
                .digest
                .map(|digest| digest.to_string())
                .unwrap_or_default(),
        }))
    }

    async fn list_dead_letters(
        &self,
        _request: Request<wire::ListDeadLettersRequest>,
    ) -> Result<Response<wire::ListDeadLettersResponse>, Status> {
        let letters = self
            .desk
            .journal
            .dead_letters(LETTERS_MAX)
            .await
            .map_err(status::journal)?;
        let letters = letters.into_iter().map(|letter| wire::DeadLetter {
            id: letter.message.id.to_string(),
            origin: letter.message.origin.to_string(),
            kind: letter.message.kind,
            aggregate: letter.message.aggregate,
            reason: letter.reason,
            at: text(letter.message.at),
        });
        Ok(Response::new(wire::ListDeadLettersResponse {
            letters: letters.collect(),
        }))
    }

    async fn replay_dead_letter(
        &self,
        request: Request<wire::ReplayDeadLetterRequest>,
    ) -> Result<Response<wire::ReplayDeadLetterResponse>, Status> {
        let id: uuid::Uuid = status::parse("id", &request.into_inner().id)?;
        let journal = &self.desk.journal;
        let first = journal
            .take_dead_letter(id)
            .await
            .map_err(status::journal)?
            .ok_or_else(|| status::not_found("死信"))?;
        let waiting = journal
            .dead_letters(LETTERS_MAX)
            .await
            .map_err(status::journal)?;
        let behind = waiting
            .into_iter()
            .map(|letter| letter.message)
            .filter(|message| {
                message.origin == first.origin && message.aggregate == first.aggregate
            });
        let mut applied = 0;
        for message in behind {
            if self.inbound.handle(&message).await != Outcome::Applied {
                break;
            }
            applied += 1;
        }
        Ok(Response::new(wire::ReplayDeadLetterResponse { applied }))
    }

    async fn list_facts(
        &self,
        request: Request<wire::ListFactsRequest>,
    ) -> Result<Response<wire::ListFactsResponse>, Status> {
        let (journal, pool) = (&self.desk.journal, &self.desk.pool);
        let facts = facts::facts(journal, pool, request.into_inner()).await?;
        Ok(Response::new(facts))
    }

    async fn compare_policy(
        &self,
        request: Request<wire::ComparePolicyRequest>,
    ) -> Result<Response<wire::ComparePolicyResponse>, Status> {
        let wire::ComparePolicyRequest { policy, page } = request.into_inner();
        let changed = policy_change::compare(&self.desk, &policy, page).await?;
        Ok(Response::new(changed))
    }

    async fn list_seals(
        &self,
        request: Request<wire::ListSealsRequest>,
    ) -> Result<Response<wire::ListSealsResponse>, Status> {
        let seals = facts::seals(&self.desk.pool, request.into_inner()).await?;
        Ok(Response::new(seals))
    }
}

/// Whether the process is ready for work.
#[derive(Debug, Clone, Default)]
pub struct Ready(Arc<AtomicBool>);

impl Ready {
    /// Everything is up.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The HTTP side.
pub(crate) fn router(ready: Ready, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .with_state(ready)
        .route("/metrics", get(move || async move { metrics.render() }))
}

async fn readyz(State(ready): State<Ready>) -> (StatusCode, &'static str) {
    if ready.get() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}
