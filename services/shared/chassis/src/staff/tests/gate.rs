//! The gate: who is let in at all and for how long, and whose fault a body is that nobody can read.

use std::sync::atomic::{AtomicUsize, Ordering};

use tonic::Code;

use super::*;
use crate::caller::Caller;

const SET_CLOCK: &str = "/jiebang.node.v1.AdminService/SetClock";
const HEALTH: &str = "/grpc.health.v1.Health/Check";

/// What a call comes to whose service answers `answer` after `pause`, with how often it was reached
/// and by whom.
struct Call {
    path: &'static str,
    authorization: Option<String>,
    timeout: Option<&'static str>,
    pause: Wall,
    answer: Result<(), Status>,
}

impl Call {
    fn to(path: &'static str) -> Self {
        Self {
            path,
            authorization: None,
            timeout: None,
            pause: Wall::ZERO,
            answer: Ok(()),
        }
    }

    fn by(self, house: &House, role: Role) -> Self {
        let actor = Actor::person("wang", role, Region::JS);
        let token = house.signer.sign(&actor, wall_now(), Duration::MINUTE);
        let authorization = Some(format!("Bearer {}", token.unwrap()));
        Self {
            authorization,
            ..self
        }
    }

    async fn made(self, house: &House) -> (Result<(), Status>, usize) {
        let mut request = Request::builder().uri(self.path);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(timeout) = self.timeout {
            request = request.header("grpc-timeout", timeout);
        }
        let reached = Arc::new(AtomicUsize::new(0));
        let (count, pause, known) = (Arc::clone(&reached), self.pause, self.path != HEALTH);
        let answer = Arc::new(self.answer);
        let inner = tower::service_fn(move |request: Request<Body>| {
            count.fetch_add(1, Ordering::Relaxed);
            assert_eq!(request.extensions().get::<Caller>().is_some(), known);
            let answer = Arc::clone(&answer);
            async move {
                tokio::time::sleep(pause).await;
                Ok::<_, Infallible>(match &*answer {
                    Ok(()) => Response::new(Body::empty()),
                    Err(status) => status.clone().into_http(),
                })
            }
        });
        let layer = GateLayer::new(Arc::clone(&house.verifier), None);
        let request = request.body(Body::empty()).unwrap();
        let answer = layer.layer(inner).call(request).await.unwrap();
        let status = Status::from_header_map(answer.headers()).map_or(Ok(()), Err);
        (status, reached.load(Ordering::Relaxed))
    }
}

fn reason(refused: Result<(), Status>) -> (Code, String) {
    let status = refused.unwrap_err();
    let info = status.get_details_error_info();
    (
        status.code(),
        info.map(|info| info.reason).unwrap_or_default(),
    )
}

#[tokio::test]
async fn nobody_is_let_in_without_a_good_token_of_a_role_that_may() {
    let house = House::new().await;
    let with = |path, authorization: &str| Call {
        authorization: Some(authorization.to_owned()),
        ..Call::to(path)
    };
    for (call, code, says) in [
        (
            Call::to(SET_CLOCK),
            Code::Unauthenticated,
            "chassis.no-token",
        ),
        (
            with(SET_CLOCK, "Basic YQ=="),
            Code::Unauthenticated,
            "chassis.no-token",
        ),
        (
            with(SET_CLOCK, "Bearer a.b.c"),
            Code::Unauthenticated,
            "chassis.bad-token",
        ),
        (
            with(HEALTH, "Bearer a.b.c"),
            Code::Unauthenticated,
            "chassis.bad-token",
        ),
        (
            Call::to(SET_CLOCK).by(&house, Role::Officer),
            Code::PermissionDenied,
            "chassis.forbidden",
        ),
        (
            Call::to("/jiebang.node.v1.AdminService/Destroy").by(&house, Role::Operator),
            Code::Unimplemented,
            "",
        ),
    ] {
        let (answer, reached) = call.made(&house).await;
        assert_eq!(reason(answer), (code, says.to_owned()));
        assert_eq!(reached, 0);
    }
    for call in [
        Call::to(SET_CLOCK).by(&house, Role::Operator),
        Call::to(HEALTH),
    ] {
        let (answer, reached) = call.made(&house).await;
        assert!(answer.is_ok(), "{answer:?}");
        assert_eq!(reached, 1);
    }
}

#[tokio::test]
async fn a_call_whose_time_is_over_is_answered_so_and_one_without_time_is_not_begun() {
    let house = House::new().await;
    let slow = |timeout| Call {
        timeout: Some(timeout),
        pause: PATIENCE,
        ..Call::to(SET_CLOCK).by(&house, Role::Operator)
    };
    for (timeout, begun) in [("0n", 0), ("20m", 1)] {
        let (answer, reached) = slow(timeout).made(&house).await;
        let over = (Code::DeadlineExceeded, "chassis.out-of-time".to_owned());
        assert_eq!(reason(answer), over, "{timeout}");
        assert_eq!(reached, begun, "{timeout}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_can_read_is_the_callers_fault_and_a_fault_of_ours_stays_ours() {
    let house = House::new().await;
    for (code, says, blamed) in [
        (
            Code::Internal,
            "failed to decode Protobuf message",
            Code::InvalidArgument,
        ),
        (Code::Internal, "a defect", Code::Internal),
        (
            Code::OutOfRange,
            "decoded message length too large",
            Code::ResourceExhausted,
        ),
        (Code::OutOfRange, "no such page", Code::OutOfRange),
        (Code::NotFound, "failed to decode", Code::NotFound),
    ] {
        let call = Call {
            answer: Err(Status::new(code, says)),
            ..Call::to(SET_CLOCK).by(&house, Role::Operator)
        };
        let (answer, _) = call.made(&house).await;
        assert_eq!(answer.unwrap_err().code(), blamed, "{says}");
    }
}
