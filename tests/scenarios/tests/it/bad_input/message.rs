//! Messages made from their descriptors: ones that could be right, and ones with one field spoiled.

use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

/// How deep messages within messages are filled and spoiled.
const DEPTH: u8 = 4;
/// The name of every request that is to be made again.
pub(crate) const REQUEST_ID: &str = "5f0e7c8a-31d4-4f6b-9a55-0c2d7b1e9f34";
/// An id of nothing.
const NOBODY: &str = "0d9b4c1e-7f25-4b8e-8c3a-6a1f52d7e0b9";

/// A message with one field spoiled.
pub(crate) struct Spoiled {
    /// Which field, and how.
    pub(crate) what: String,
    /// Whether no message with this field can be right.
    pub(crate) hopeless: bool,
    pub(crate) message: DynamicMessage,
}

/// A message with every field filled as its name suggests; the things it names do not exist.
pub(crate) fn plausible(of: &MessageDescriptor) -> DynamicMessage {
    filled(of, 0)
}

fn filled(of: &MessageDescriptor, depth: u8) -> DynamicMessage {
    let mut message = DynamicMessage::new(of.clone());
    for field in of.fields() {
        if field.is_map() || (depth == DEPTH && matches!(field.kind(), Kind::Message(_))) {
            continue;
        }
        let value = value(&field, depth);
        let value = if field.is_list() {
            Value::List(vec![value])
        } else {
            value
        };
        message.set_field(&field, value);
    }
    message
}

fn value(field: &FieldDescriptor, depth: u8) -> Value {
    match field.kind() {
        Kind::Message(inner) => match inner.full_name() {
            "google.protobuf.Timestamp" => Value::Message(timestamp(&inner, 1_725_238_800)),
            _ => Value::Message(filled(&inner, depth + 1)),
        },
        Kind::Enum(values) => {
            let named = values.values().find(|value| value.number() != 0);
            Value::EnumNumber(named.map_or(0, |value| value.number()))
        }
        Kind::String => Value::String(text(field.name()).to_owned()),
        Kind::Bytes => Value::Bytes(vec![1; 32].into()),
        Kind::Bool => Value::Bool(true),
        kind => number(&kind, 1),
    }
}

fn text(name: &str) -> &'static str {
    match name {
        "request_id" => REQUEST_ID,
        _ if is_id(name) => NOBODY,
        "region" | "origin" => "js",
        "field" | "fields" => "集成电路",
        "digest" | "hash" => "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff",
        "cut_off" => "2024-09-02T01:00:00Z",
        "page_token" => "",
        _ if ["deadline", "_on", "_until"]
            .iter()
            .any(|end| name.ends_with(end)) =>
        {
            "2024-10-08"
        }
        _ => "文字",
    }
}

fn is_id(name: &str) -> bool {
    name.ends_with("_id") || name.ends_with("_ids")
}

fn timestamp(of: &MessageDescriptor, seconds: i64) -> DynamicMessage {
    let mut message = DynamicMessage::new(of.clone());
    message.set_field_by_name("seconds", Value::I64(seconds));
    message
}

/// The number, or the nearest that the field can have.
fn number(kind: &Kind, number: i64) -> Value {
    let narrow = i32::try_from(number).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX });
    let (least, most) = (number.max(0).unsigned_abs(), u32::MAX);
    match kind {
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(narrow),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(u32::try_from(least).unwrap_or(most)),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(least),
        Kind::Float => Value::F32(f32::from(i16::MAX)),
        Kind::Double => Value::F64(f64::from(narrow)),
        _ => Value::I64(number),
    }
}

/// `message` once for every way in which one of its fields can be bad.
pub(crate) fn spoiled(message: &DynamicMessage) -> Vec<Spoiled> {
    let mut all = Vec::new();
    for field in message.descriptor().fields() {
        if field.is_map() || !message.has_field(&field) {
            continue;
        }
        for (how, hopeless, bad) in bad_values(&field) {
            all.push(with(message, &field, how, hopeless, bad));
        }
        let inner = match message.get_field(&field).as_ref() {
            Value::Message(inner) => inner.clone(),
            Value::List(list) => match list.first() {
                Some(Value::Message(inner)) => inner.clone(),
                _ => continue,
            },
            _ => continue,
        };
        for inner in spoiled(&inner) {
            let value = Value::Message(inner.message);
            all.push(with(message, &field, &inner.what, inner.hopeless, value));
        }
    }
    all
}

fn with(
    message: &DynamicMessage,
    field: &FieldDescriptor,
    how: &str,
    hopeless: bool,
    value: Value,
) -> Spoiled {
    let mut message = message.clone();
    let value = if field.is_list() {
        Value::List(vec![value])
    } else {
        value
    };
    message.set_field(field, value);
    Spoiled {
        what: format!("{}.{how}", field.name()),
        hopeless,
        message,
    }
}

fn bad_values(field: &FieldDescriptor) -> Vec<(&'static str, bool, Value)> {
    match field.kind() {
        Kind::String => {
            let mut bad = vec![
                (
                    "with a zero byte",
                    true,
                    Value::String("文\u{0}字".to_owned()),
                ),
                (
                    "turned round",
                    false,
                    Value::String("文\u{202e}字".to_owned()),
                ),
                ("far too long", true, Value::String("长".repeat(100_000))),
            ];
            if is_id(field.name()) {
                bad.push(("no id", false, Value::String("'; --".to_owned())));
            }
            if field.name() == "request_id" {
                bad.push(("no uuid", true, Value::String("一".to_owned())));
            }
            bad
        }
        Kind::Enum(_) => vec![
            ("of no known kind", true, Value::EnumNumber(9_999)),
            ("of no kind", false, Value::EnumNumber(0)),
        ],
        Kind::Bytes => vec![
            ("too few bytes", false, Value::Bytes(vec![0xff; 3].into())),
            ("no bytes", false, Value::Bytes(Vec::new().into())),
        ],
        Kind::Message(inner) if inner.full_name() == "google.protobuf.Timestamp" => vec![(
            "beyond time",
            true,
            Value::Message(timestamp(&inner, i64::MAX)),
        )],
        Kind::Bool | Kind::Message(_) => Vec::new(),
        // There is no amount that is too much to be one.
        kind if field.name() == "fen" => vec![
            ("negative", true, number(&kind, -1)),
            ("as low as can be", true, number(&kind, i64::MIN)),
        ],
        kind => vec![
            ("negative", false, number(&kind, -1)),
            ("as low as can be", false, number(&kind, i64::MIN)),
            ("as high as can be", false, number(&kind, i64::MAX)),
        ],
    }
}
