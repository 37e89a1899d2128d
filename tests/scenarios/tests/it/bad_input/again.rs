//! What was done on the way is asked for again: with the same words it gets the first answer and
//! does nothing, with other words under the same name it is refused; and what was right once is
//! refused as soon as one of its fields is spoiled.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use federation::{Call, Federation};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, ReflectMessage as _, Value};
use scenarios::{Way, request_id};
use tonic::Code;

use crate::common::facts;

use super::{
    message::spoiled,
    says_too_little,
    wire::{Answer, PREFIX, Wire},
};

/// What a call is answered with whose name was given to another, or which can't be right.
const REFUSED: &[Code] = &[
    Code::AlreadyExists,
    Code::InvalidArgument,
    Code::NotFound,
    Code::FailedPrecondition,
    Code::PermissionDenied,
];

struct Again<'f> {
    federation: &'f Federation,
    wire: Wire,
    wrong: Vec<String>,
}

/// Goes through every call of the way that changed something.
pub(crate) async fn nothing_is_done_twice(way: &Way<'_>) {
    let federation = way.federation;
    let calls = changes(federation);
    let methods: BTreeSet<_> = calls.iter().map(|(call, _)| call.path.as_str()).collect();
    eprintln!("  {} 次调用、{} 个方法重放", calls.len(), methods.len());
    let mut again = Again {
        federation,
        wire: Wire::default(),
        wrong: Vec::new(),
    };
    way.quiet().await.unwrap();
    let before = facts(federation).await;
    for (call, _) in &calls {
        again.same(call).await;
    }
    assert_eq!(facts(federation).await, before, "repeats were written");
    for (call, message) in &calls {
        again.other(call, message).await;
    }
    let last: BTreeMap<_, _> = calls.iter().map(|one| (&one.0.path, one)).collect();
    for (call, message) in last.into_values() {
        again.spoiled(call, message).await;
    }
    assert!(again.wrong.is_empty(), "{:#?}", again.wrong);
    assert_eq!(
        facts(federation).await,
        before,
        "what is refused was written"
    );
}

/// The calls that were answered and change something, with their messages.
fn changes(federation: &Federation) -> Vec<(Call, DynamicMessage)> {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let read = |call: Call| {
        let (service, method) = call.path.trim_start_matches('/').split_once('/')?;
        let service = pool.get_service_by_name(service)?;
        let method = service.methods().find(|one| one.name() == method)?;
        method.input().get_field_by_name("request_id")?;
        let message = DynamicMessage::decode(method.input(), &call.message[PREFIX..]).ok()?;
        call.answer.is_some().then_some((call, message))
    };
    let calls = federation.record().unwrap().calls();
    calls.into_iter().filter_map(read).collect()
}

impl Again<'_> {
    async fn same(&mut self, call: &Call) {
        let answer = self.call(call, &call.message[PREFIX..]).await;
        let first = call.answer.clone().unwrap_or_default();
        let first = first.slice(first.len().min(PREFIX)..);
        if answer.status.code() != Code::Ok || answer.body != first {
            self.wrong.push(format!(
                "{} at {}: {first:?} first, then {answer:?}",
                call.path, call.region
            ));
        }
    }

    async fn other(&mut self, call: &Call, message: &DynamicMessage) {
        let Some(other) = otherwise(message) else {
            return;
        };
        let answer = self.call(call, &other.encode_to_vec()).await;
        self.refused(call, "the name of another request", &answer, REFUSED);
    }

    async fn spoiled(&mut self, call: &Call, message: &DynamicMessage) {
        let mut message = message.clone();
        message.set_field_by_name("request_id", Value::String(request_id()));
        for bad in spoiled(&message).into_iter().filter(|bad| bad.hopeless) {
            let answer = self.call(call, &bad.message.encode_to_vec()).await;
            self.refused(call, &bad.what, &answer, &[Code::InvalidArgument]);
        }
    }

    fn refused(&mut self, call: &Call, case: &str, answer: &Answer, codes: &[Code]) {
        let status = &answer.status;
        let lacks = says_too_little(status);
        if !codes.contains(&status.code()) || lacks.is_some() {
            let (path, at, lacks) = (&call.path, call.region, lacks.unwrap_or_default());
            self.wrong
                .push(format!("{path} at {at} with {case}: {lacks} {status}"));
        }
    }

    async fn call(&mut self, call: &Call, message: &[u8]) -> Answer {
        let manifest = self.federation.manifest().await;
        let address = manifest.nodes[&call.region].services[&call.service].grpc;
        let headers = [("authorization", call.authorization.clone())];
        self.wire.call(address, &call.path, &headers, message).await
    }
}

/// The message with something else in one of its fields; none if it has nothing but its name.
fn otherwise(message: &DynamicMessage) -> Option<DynamicMessage> {
    let mut other = message.clone();
    for field in message.descriptor().fields() {
        if field.name() == "request_id" || field.is_list() || !message.has_field(&field) {
            continue;
        }
        let value = match (message.get_field(&field).as_ref(), field.kind()) {
            (Value::String(text), _) => Value::String(changed(text)),
            (Value::Bytes(bytes), _) => {
                Value::Bytes([bytes, &Bytes::from_static(b"!")[..]].concat().into())
            }
            (Value::Bool(said), _) => Value::Bool(!said),
            (Value::I32(number), _) => Value::I32(number + 1),
            (Value::I64(number), _) => Value::I64(number + 1),
            (Value::Message(inner), Kind::Message(_)) => match otherwise(inner) {
                Some(inner) => Value::Message(inner),
                None => continue,
            },
            _ => continue,
        };
        other.set_field(&field, value);
        return Some(other);
    }
    None
}

/// Another text of the same form: an id stays one.
fn changed(text: &str) -> String {
    let mut text = text.to_owned();
    match text.pop() {
        Some('0') => text.push('1'),
        Some(_) => text.push('0'),
        None => {}
    }
    text
}
