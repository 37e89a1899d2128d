//! Bad calls to every method of the published language, a class of them after the other: each is
//! answered with the right code and says what to do, and nothing half happens.

mod again;
mod late;
mod member;
mod message;
mod method;
mod wire;

pub(crate) use again::nothing_is_done_twice;

use std::collections::{BTreeMap, btree_map::Entry};

use chassis::access::Who;
use federation::Federation;
use prost::Message as _;
use prost_reflect::{DynamicMessage, Value};
use regulation::{Region, Role};
use scenarios::request_id;
use sqlx::PgPool;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::common::CLOCK_STARTS;
use message::{plausible, spoiled};
use method::{Callers, Method, UNIT, methods};
use wire::{Answer, Wire};

/// A department's node and the hub: between them they do everything.
const NODES: [Region; 2] = [Region::SH, Region::HUB];
/// Larger than any message may be.
const OVERSIZED: usize = 8 << 20;

struct Attempt {
    journals: BTreeMap<(Region, String), PgPool>,
    methods: Vec<Method>,
    callers: Callers,
    wire: Wire,
    wrong: Vec<String>,
}

#[tokio::test]
async fn bad_calls_to_every_method_get_the_right_code_and_nothing_half_happens() {
    let federation = Federation::builder()
        .regions([Region::SH])
        .clock_starts(CLOCK_STARTS)
        .boot()
        .await
        .unwrap();
    let manifest = federation.manifest().await;
    let methods = methods(&manifest);
    let mut attempt = Attempt {
        journals: journals(&federation, &methods).await,
        methods,
        callers: Callers::new(&federation, &manifest),
        wire: Wire::default(),
        wrong: Vec::new(),
    };
    attempt.told_of_the_unit().await;
    let nothing = attempt.written().await;
    assert!(nothing.values().all(|rows| *rows == 0), "{nothing:?}");
    for class in ["unauthorised", "unreadable", "malformed", "late"] {
        attempt.class(class).await;
        let written = attempt.written().await;
        if written != nothing {
            let said = format!("something was written after {class} calls: {written:?}");
            attempt.wrong.push(said);
        }
    }
    attempt.duplicate().await;
    attempt.whole_or_nothing().await;
    attempt.as_member(&manifest).await;
    attempt.told();
    drop(attempt);
    federation.shutdown().await.unwrap();
}

impl Attempt {
    /// Who calls for a unit acts for it: so that their calls come as far as what is bad in them.
    async fn told_of_the_unit(&self) {
        for ((at, service), pool) in &self.journals {
            let told = sqlx::query(
                "insert into chassis_staff (unit, administrator, delegates, told_at)
                 values ($1, $2, '{}', now())",
            );
            let told = told.bind(UNIT.0).bind(Callers::member(*at));
            let told = told.execute(pool).await;
            assert!(told.is_ok(), "{service}: {told:?}");
        }
    }

    async fn class(&mut self, class: &str) {
        let started = std::time::Instant::now();
        for method in std::mem::take(&mut self.methods) {
            match class {
                "unauthorised" => self.unauthorised(&method).await,
                "unreadable" => self.unreadable(&method).await,
                "malformed" => self.malformed(&method).await,
                _ => self.late(&method).await,
            }
            self.methods.push(method);
        }
        eprintln!("{class}: {:.1} s", started.elapsed().as_secs_f64());
    }

    /// Nobody, the wrong role, and tokens that are none.
    async fn unauthorised(&mut self, method: &Method) {
        let at = Region::SH;
        if let Who::Roles(_) = method.who {
            let answer = self.call(at, method, &[], &[]).await;
            self.expect(method, "without a token", &answer, &[Code::Unauthenticated]);
        }
        for role in method.wrong_roles() {
            let answer = self.as_role(at, role, method, &[]).await;
            let case = format!("as {role:?}");
            self.expect(method, &case, &answer, &[Code::PermissionDenied]);
        }
        for (case, token) in self.callers.bad.clone() {
            let header = ("authorization", format!("Bearer {token}"));
            let answer = self.call(at, method, &[header], &[]).await;
            self.expect(method, case, &answer, &[Code::Unauthenticated]);
        }
    }

    /// What is no message, what is too large for one, and one with nothing in it.
    async fn unreadable(&mut self, method: &Method) {
        for at in NODES {
            let role = method.role();
            let answer = self.as_role(at, role, method, &[0xff; 64]).await;
            self.expect(method, "no message", &answer, &[Code::InvalidArgument]);
            if method.changes {
                let answer = self.as_role(at, role, method, &[]).await;
                // What only one sort of node does may say so before it looks any further.
                let codes = [Code::InvalidArgument, Code::FailedPrecondition];
                self.expect(method, "empty", &answer, &codes);
            }
        }
        let oversized = vec![0; OVERSIZED];
        let role = method.role();
        let answer = self.as_role(Region::SH, role, method, &oversized).await;
        self.expect(method, "oversized", &answer, &[Code::ResourceExhausted]);
    }

    /// One bad field in a message that could be right.
    async fn malformed(&mut self, method: &Method) {
        let plausible = plausible(&method.input);
        for bad in spoiled(&plausible) {
            let message = renamed(bad.message, &plausible).encode_to_vec();
            let mut codes = Vec::new();
            for at in NODES {
                let answer = self.as_role(at, method.role(), method, &message).await;
                codes.push(answer.status.code());
                let case = format!("at {at} with {}", bad.what);
                self.expect(
                    method,
                    &case,
                    &answer,
                    if method.changes { CHANGE } else { LOOK },
                );
            }
            let seen = [Code::InvalidArgument, Code::NotFound];
            if bad.hopeless && method.changes && !codes.iter().any(|code| seen.contains(code)) {
                let case = format!("{} {}: {codes:?}", method.path, bad.what);
                self.wrong.push(case);
            }
        }
    }

    /// Whose time has run out before the call could do anything.
    async fn late(&mut self, method: &Method) {
        let message = plausible(&method.input).encode_to_vec();
        for at in NODES {
            let bearer = self.bearer(at, method.role());
            let header = ("grpc-timeout", "0n".to_owned());
            let answer = self.call(at, method, &[bearer, header], &message).await;
            self.expect(method, "late", &answer, &[Code::DeadlineExceeded]);
        }
    }

    /// The same call again gets the same answer and does nothing; the same request with another
    /// content is refused.
    async fn duplicate(&mut self) {
        for method in std::mem::take(&mut self.methods) {
            // What the border does again, it does not write down.
            if method.changes && method.service != "exchange" {
                for at in NODES {
                    self.twice(at, &method).await;
                }
            }
            self.methods.push(method);
        }
    }

    async fn twice(&mut self, at: Region, method: &Method) {
        let message = plausible(&method.input).encode_to_vec();
        let first = self.as_role(at, method.role(), method, &message).await;
        let journal = (at, method.service.clone());
        let before = self.written_by(&journal).await;
        let second = self.as_role(at, method.role(), method, &message).await;
        let same = first.status.code() == second.status.code()
            && first.status.message() == second.status.message()
            && first.body == second.body;
        if !same {
            let said = format!("{} at {at}: {first:?}, then {second:?}", method.path);
            self.wrong.push(said);
        }
        if self.written_by(&journal).await != before {
            self.wrong
                .push(format!("{} at {at} did something twice", method.path));
        }
    }

    async fn as_role(&mut self, at: Region, role: Role, method: &Method, message: &[u8]) -> Answer {
        let bearer = self.bearer(at, role);
        self.call(at, method, &[bearer], message).await
    }

    fn bearer(&self, at: Region, role: Role) -> (&'static str, String) {
        let token = self.callers.token(at, role);
        ("authorization", format!("Bearer {token}"))
    }

    async fn call(
        &mut self,
        at: Region,
        method: &Method,
        headers: &[(&'static str, String)],
        message: &[u8],
    ) -> Answer {
        let address = self.callers.address(at, method);
        self.wire
            .call(address, &method.path, headers, message)
            .await
    }

    fn expect(&mut self, method: &Method, case: &str, answer: &Answer, codes: &[Code]) {
        let status = &answer.status;
        if !codes.contains(&status.code()) {
            self.wrong.push(format!("{} {case}: {status}", method.path));
        } else if let Some(lacks) = says_too_little(status) {
            self.wrong
                .push(format!("{} {case}: {lacks}: {status}", method.path));
        }
    }

    fn told(&mut self) {
        let wrong = std::mem::take(&mut self.wrong);
        let shown = wrong.len().min(60);
        assert!(
            wrong.is_empty(),
            "{} wrong: {:#?}",
            wrong.len(),
            &wrong[..shown]
        );
    }

    /// How much each service has written of what it was asked.
    async fn written(&self) -> BTreeMap<(Region, String), i64> {
        let mut rows = BTreeMap::new();
        for at in self.journals.keys() {
            rows.insert(at.clone(), self.written_by(at).await);
        }
        rows
    }

    async fn written_by(&self, at: &(Region, String)) -> i64 {
        let count = sqlx::query_scalar(
            "select (select count(*) from journal_fact) + (select count(*) from journal_state)
                  + (select count(*) from journal_request) + (select count(*) from journal_timer)",
        );
        count.fetch_one(&self.journals[at]).await.unwrap()
    }
}

/// The databases of the services that are called. The border's is left out: it numbers its
/// heartbeats all the time.
async fn journals(
    federation: &Federation,
    methods: &[Method],
) -> BTreeMap<(Region, String), PgPool> {
    let mut pools = BTreeMap::new();
    for service in methods.iter().map(|method| method.service.as_str()) {
        for at in NODES.into_iter().filter(|_| service != "exchange") {
            if let Entry::Vacant(entry) = pools.entry((at, service.to_owned())) {
                entry.insert(federation.sql(at, service).await.unwrap());
            }
        }
    }
    pools
}

/// The message under a name of its own, unless it is the name that was spoiled: one that is taken
/// all the same must not hide the next.
fn renamed(mut message: DynamicMessage, before: &DynamicMessage) -> DynamicMessage {
    let name = "request_id";
    if let (Some(now), Some(was)) = (
        message.get_field_by_name(name),
        before.get_field_by_name(name),
    ) && now == was
    {
        message.set_field_by_name(name, Value::String(request_id()));
    }
    message
}

/// What a bad change may be answered with.
const CHANGE: &[Code] = &[
    Code::InvalidArgument,
    Code::NotFound,
    Code::FailedPrecondition,
    Code::PermissionDenied,
    Code::AlreadyExists,
];
/// And a bad look: much of what is bad in it finds nothing, which is an answer.
const LOOK: &[Code] = &[
    Code::Ok,
    Code::InvalidArgument,
    Code::NotFound,
    Code::FailedPrecondition,
    Code::PermissionDenied,
];

/// What a refusal has to tell programs and people, and does not.
fn says_too_little(status: &Status) -> Option<&'static str> {
    if status.code() == Code::Ok {
        return None;
    }
    let Some(info) = status.get_details_error_info() else {
        return Some("no code for programs");
    };
    let remedy = info
        .metadata
        .get("remedy")
        .is_some_and(|remedy| !remedy.is_empty());
    if info.reason.is_empty() || info.domain != chassis::status::DOMAIN {
        return Some("no reason");
    }
    if !remedy && !status.message().contains('请') {
        return Some("nothing to do about it");
    }
    let faults = status.get_details_bad_request();
    let named = faults.is_some_and(|faults| !faults.field_violations.is_empty());
    if status.code() == Code::InvalidArgument && !named {
        return Some("no field");
    }
    None
}
