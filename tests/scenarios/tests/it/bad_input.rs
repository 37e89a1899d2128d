//! Bad calls to every method of the published language answer with the right code, and nothing
//! half happens.

use chassis::access::{Who, who};
use federation::{Federation, Persona};
use proto::node::v1::{VerifyJournalRequest, admin_service_client::AdminServiceClient};
use regulation::{Region, Role};
use scenarios::Session;
use tonic::{
    Code, Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

use crate::common::federation;

/// Sends bytes as they are.
#[derive(Clone, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        use prost::bytes::BufMut as _;
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        use prost::bytes::Buf as _;
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}

/// A method, with the service at whose process it is called.
struct Method {
    path: String,
    process: String,
    /// Whether it changes something, and so takes a `request_id`.
    changes: bool,
    who: Who,
}

/// Those that a token lets in; the members' own port is another matter, with certificates.
fn methods() -> Vec<Method> {
    let pool = prost_reflect::DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let services = pool
        .services()
        .filter(|service| service.name() != "BorderService");
    services
        .flat_map(|service| {
            let package = service
                .full_name()
                .split('.')
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            let process = if package == "node" {
                "intake".to_owned()
            } else {
                package
            };
            service
                .methods()
                .map(|method| {
                    let path = format!("/{}/{}", service.full_name(), method.name());
                    Method {
                        who: who(&path).unwrap(),
                        changes: method.input().get_field_by_name("request_id").is_some(),
                        process: process.clone(),
                        path,
                    }
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

async fn call(
    federation: &Federation,
    method: &Method,
    role: Option<Role>,
    body: Vec<u8>,
) -> Status {
    let channel = federation.channel(Region::SH, &method.process).unwrap();
    let mut request = Request::new(body);
    if let Some(role) = role {
        let token = federation.token(&Persona::new(Region::SH, role)).unwrap();
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
    }
    let mut client = Grpc::new(channel);
    client.ready().await.unwrap();
    match client
        .unary(request, method.path.parse().unwrap(), Raw)
        .await
    {
        Ok(_) => Status::ok(""),
        Err(status) => status,
    }
}

const PEOPLE: [Role; 9] = [
    Role::Officer,
    Role::Director,
    Role::Secretariat,
    Role::TaskForce,
    Role::Agency,
    Role::UnitMember,
    Role::Expert,
    Role::Auditor,
    Role::Operator,
];

fn a_role_of(who: Who) -> Option<Role> {
    match who {
        Who::Public => Some(Role::Auditor),
        Who::Roles(roles) => roles.iter().copied().find(|role| PEOPLE.contains(role)),
    }
}

#[tokio::test]
async fn bad_calls_to_every_method_get_the_right_code_and_leave_no_trace() {
    let federation = federation().await;
    let mut wrong = Vec::new();
    let mut expect = |method: &Method, case: &str, status: &Status, codes: &[Code]| {
        if !codes.contains(&status.code()) {
            wrong.push(format!("{} {case}: {status}", method.path));
        }
    };
    for method in methods() {
        if let Who::Roles(roles) = method.who {
            let status = call(&federation, &method, None, vec![]).await;
            expect(
                &method,
                "without a token",
                &status,
                &[Code::Unauthenticated],
            );
            for role in PEOPLE.into_iter().filter(|role| !roles.contains(role)) {
                let status = call(&federation, &method, Some(role), vec![]).await;
                expect(
                    &method,
                    &format!("as {role:?}"),
                    &status,
                    &[Code::PermissionDenied],
                );
            }
        }
        // Service tokens are no person's; those methods end here.
        let Some(role) = a_role_of(method.who) else {
            continue;
        };
        let status = call(&federation, &method, Some(role), vec![0xff; 64]).await;
        expect(&method, "malformed", &status, &[Code::InvalidArgument]);
        let status = call(&federation, &method, Some(role), vec![0; 8 << 20]).await;
        expect(
            &method,
            "oversized",
            &status,
            &[Code::OutOfRange, Code::ResourceExhausted],
        );
        if method.changes {
            let status = call(&federation, &method, Some(role), vec![]).await;
            // What only the hub does says so before it looks any further.
            let codes = [Code::InvalidArgument, Code::FailedPrecondition];
            expect(&method, "empty", &status, &codes);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    nothing_happened(&federation).await;
    federation.shutdown().await.unwrap();
}

async fn nothing_happened(federation: &Federation) {
    let operator = Session::of(federation, Region::SH, Role::Operator).unwrap();
    for service in [
        "registry",
        "intake",
        "evaluation",
        "coordination",
        "matching",
    ] {
        let mut admin = AdminServiceClient::new(operator.line(service).unwrap());
        let report = admin
            .verify_journal(VerifyJournalRequest {})
            .await
            .unwrap()
            .into_inner();
        assert_eq!(report.facts, 0, "{service} remembers a bad call");
    }
}
