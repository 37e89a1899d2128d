//! For the tests of services: a desk over a test's own database, doors that are called as somebody
//! without any network, and what was told as others would hear it.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use journal::JournalBuilder;
use proto::message::Incoming;
use regulation::{Actor, Policy, PolicyBook, Region};
use sqlx::{PgPool, migrate::Migrator};
use time::OffsetDateTime;
use tonic::{Status, body::Body, service::Routes};

use crate::{
    access,
    caller::Caller,
    client::{AsService, Peers},
    clock::{Clock, Ids, wall_now},
    config::ClockConfig,
    desk::Desk,
    gate,
    policy::Policies,
    run::all_migrations,
    service::Service,
    staff::{StaffBook, Unheard},
    standing::{Barred, Standing, Subject},
    token::TokenSigner,
    watermark::Underway,
};

/// A key that signs nothing anybody believes.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH
-----END PRIVATE KEY-----
";
/// Messages that [`told`] reads at most.
const TOLD_MAX: i64 = 10_000;

/// Everything that the database of `S` needs: for `testkit::database`.
pub fn migrations<S: Service>() -> Migrator {
    journal::migrations(&all_migrations(S::migrations()))
}

/// A desk of `S` at the node `region`, whose domain clock shows `now` and can be set. The built-in
/// policy versions are known, of which the first has force; there are no peers.
///
/// # Errors
/// When a built-in policy or the key is not one.
pub fn desk<S: Service>(
    pool: &PgPool,
    region: Region,
    now: OffsetDateTime,
) -> anyhow::Result<Desk> {
    let policies = [regulation::YRD_2023_1, regulation::YRD_2024_1].map(Policy::parse);
    let book = PolicyBook::new(policies.into_iter().collect::<Result<_, _>>()?)?;
    let ahead = (now - wall_now()).whole_milliseconds();
    let clock = Clock::new(&ClockConfig {
        simulated: true,
        offset_ms: i64::try_from(ahead)?,
    });
    let signer = TokenSigner::from_pem(S::NAME, region, KEY)?;
    let builder = JournalBuilder::new(|| Ids.random::<uuid::Uuid>());
    Ok(Desk {
        region,
        service: S::NAME,
        journal: S::journal(builder).build(pool.clone()),
        pool: pool.clone(),
        clock,
        policies: Policies::of(book),
        peers: Peers::new(
            BTreeMap::new(),
            AsService::new(Arc::new(signer), S::NAME, region),
        ),
        standing: Standing::Given(Arc::default()),
        underway: Underway::default(),
        timers: Arc::default(),
    })
}

/// From now on registry would say that the subject is barred.
pub fn bar(desk: &Desk, subject: Subject, barred: Barred) {
    if let Standing::Given(given) = &desk.standing {
        let mut given = given
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        given.insert(subject, barred);
    }
}

/// What waits to be told, in order, as a node that it reaches hears it from the desk's region.
///
/// # Errors
/// The database.
pub async fn told(desk: &Desk) -> anyhow::Result<Vec<Incoming>> {
    let rows = desk.journal.outbox().pending(TOLD_MAX).await?;
    let heard = rows.into_iter().map(|row| Incoming {
        id: row.id,
        origin: desk.region,
        scope: row.scope,
        kind: row.kind,
        aggregate: row.aggregate,
        at: row.at,
        body: row.body,
        traceparent: row.trace,
    });
    Ok(heard.collect())
}

/// The doors of `S` as `actor` finds them: for a generated client's `new`. The access table and
/// registry's word on who acts for a unit have their say, as at the gate; the token is left out,
/// and a unit of which nothing was told is believed the token, since no registry tells here.
pub fn door<S: Service>(desk: &Desk, settings: &S::Settings, actor: Actor) -> Door {
    let (pool, clock) = (desk.pool.clone(), desk.clock.clone());
    Door {
        routes: S::routes(desk, settings),
        staff: StaffBook::new(pool, clock, Unheard::LetIn),
        actor,
    }
}

/// The doors of a service as one actor finds them.
#[derive(Clone)]
pub struct Door {
    routes: Routes,
    staff: StaffBook,
    actor: Actor,
}

impl tower::Service<Request<Body>> for Door {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The routes are always ready; each call has a clone of its own.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let Some(who) = access::who(request.uri().path()) else {
            let unknown = Status::unimplemented("没有这个方法。").into_http();
            return Box::pin(async { Ok(unknown) });
        };
        if let Err(status) = gate::may(who, &self.actor) {
            let refused = status.into_http();
            return Box::pin(async { Ok(refused) });
        }
        request.extensions_mut().insert(Caller(self.actor.clone()));
        let (mut routes, staff, actor) =
            (self.routes.clone(), self.staff.clone(), self.actor.clone());
        Box::pin(async move {
            match staff.admit(&actor).await {
                Ok(()) => routes.call(request).await,
                Err(status) => Ok(status.into_http()),
            }
        })
    }
}
