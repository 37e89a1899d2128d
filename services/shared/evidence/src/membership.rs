//! What a joint decision says about a member and its keys, and the ring that follows from it.
//! [Art. 21]

use proto::coordination::v1::DecisionKind;
use regulation::Region;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{
    DatedKey, DecisionFile, KeyRing, MemberKeys, Report, SealingPublicKey, Standing, VerifyingKey,
    prove_decision,
};

/// The document of a joint decision on a member, as a TOML text: the admission of a linked region,
/// or the next keys of who is a member already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembershipDocument {
    /// Who.
    pub region: Region,
    /// What its word counts for.
    pub standing: Standing,
    /// The key that signs for it.
    pub signing: VerifyingKey,
    /// From when on, at the earliest: never before the decision is in force.
    #[serde(with = "time::serde::rfc3339")]
    pub valid_from: OffsetDateTime,
    /// Until when the key before it signs, at the earliest.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    pub former_until: Option<OffsetDateTime>,
    /// What others seal with for it.
    pub sealing: SealingPublicKey,
    /// Public nkey of its exchange at the hub's NATS.
    pub nkey: String,
    /// Its inbound port: `https://host:port`.
    pub address: String,
}

/// Bytes that are no membership document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMembership {
    /// Longer than any such document.
    #[error("成员文件最多 {} 字节", MembershipDocument::BYTES_MAX)]
    TooLong,
    /// Not the TOML of one.
    #[error("不是成员文件：{0}")]
    Unreadable(String),
    /// Not the public part of a user's nkey.
    #[error("nkey 须是用户公钥（U 开头的 56 个大写字母和数字）")]
    Nkey,
    /// Not where anybody could call.
    #[error("address 须是 https://主机:端口")]
    Address,
}

impl MembershipDocument {
    /// Longest document, in bytes.
    pub const BYTES_MAX: usize = 16 * 1024;

    /// For so long at least both keys sign, so that everybody has heard of the new one before the
    /// old one ends.
    pub const OVERLAP: Duration = Duration::days(1);

    /// Reads one.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn read(bytes: &[u8]) -> Result<Self, InvalidMembership> {
        if bytes.len() > Self::BYTES_MAX {
            return Err(InvalidMembership::TooLong);
        }
        let unreadable = |error: &dyn std::fmt::Display| {
            let note: String = error.to_string().chars().take(200).collect();
            InvalidMembership::Unreadable(note)
        };
        let text = std::str::from_utf8(bytes).map_err(|error| unreadable(&error))?;
        let document: Self = toml::from_str(text).map_err(|error| unreadable(&error))?;
        let base32 = |byte: u8| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte);
        let nkey = document.nkey.as_bytes();
        if nkey.len() != 56 || nkey[0] != b'U' || !nkey.iter().copied().all(base32) {
            return Err(InvalidMembership::Nkey);
        }
        let place = document.address.strip_prefix("https://");
        let port = place.and_then(|place| place.rsplit_once(':'));
        let called = port.is_some_and(|(host, port)| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-[]:".contains(&byte);
            !host.is_empty() && host.bytes().all(known) && port.parse::<u16>().is_ok()
        });
        if called {
            Ok(document)
        } else {
            Err(InvalidMembership::Address)
        }
    }
}

/// Why a ring can't change as a document says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MembershipFault {
    /// Who is not a member yet comes in as a linked region only.
    #[error("{}尚不是成员，只能作为联动地区接入；正式成员须由政策版本确定", .0.name())]
    NotLinked(Region),
    /// What a member's word counts for is not changed with its keys.
    #[error("{}的成员资格不能随密钥变更", .0.name())]
    AnotherStanding(Region),
    /// The key signs or signed for somebody; one that ended does not come back.
    #[error("该签名密钥已属于{}，不能再次启用", .0.name())]
    KeyTaken(Region),
    /// A new key follows one that has to end, and both sign for a while.
    #[error("更换密钥须写明旧密钥的停用时间，且不早于新密钥启用后一日")]
    NoOverlap,
}

impl KeyRing {
    /// The ring once a decision on `document` is in force since `in_force_at`. Nothing of the past
    /// changes: a new key signs from then on, the one before it to its end.
    ///
    /// # Errors
    /// Why that can't be.
    pub fn with(
        &self,
        document: &MembershipDocument,
        in_force_at: OffsetDateTime,
    ) -> Result<Self, MembershipFault> {
        let region = document.region;
        let valid_from = document.valid_from.max(in_force_at);
        let next = DatedKey {
            key: document.signing,
            valid_from,
            valid_until: None,
        };
        let owner = self.members().find(|member| {
            let mut keys = member.signing.iter();
            keys.any(|dated| dated.key == document.signing)
        });
        let Some(member) = self.member(region) else {
            if document.standing != Standing::Linked {
                return Err(MembershipFault::NotLinked(region));
            }
            if let Some(owner) = owner {
                return Err(MembershipFault::KeyTaken(owner.region));
            }
            return Ok(self.replacing(MemberKeys {
                region,
                standing: document.standing,
                sealing: document.sealing.clone(),
                signing: vec![next],
            }));
        };
        if member.standing != document.standing {
            return Err(MembershipFault::AnotherStanding(region));
        }
        let mut member = member.clone();
        member.sealing = document.sealing.clone();
        let last = member.signing.last().map(|dated| dated.key);
        match owner {
            // The same key: only where it is reached or what is sealed for it changes.
            Some(_) if last == Some(document.signing) => {}
            Some(owner) => return Err(MembershipFault::KeyTaken(owner.region)),
            None => {
                let end = document
                    .former_until
                    .filter(|end| *end >= document.valid_from + MembershipDocument::OVERLAP)
                    .ok_or(MembershipFault::NoOverlap)?
                    .max(valid_from + MembershipDocument::OVERLAP);
                for former in &mut member.signing {
                    former.valid_until = Some(former.valid_until.map_or(end, |old| old.min(end)));
                }
                member.signing.push(next);
            }
        }
        Ok(self.replacing(member))
    }
}

/// The joint decisions that changed who the members are and which keys are theirs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MembershipFile {
    /// In the order in which they took force.
    pub decisions: Vec<DecisionFile>,
}

/// The ring over time: the members of the first list, and what each decision, proven under the
/// keys before it, has changed.
pub fn verify_membership(file: &MembershipFile, first: &KeyRing) -> (Report, KeyRing) {
    let mut report = Report::new("成员与密钥核验");
    let mut ring = first.clone();
    for decision in &file.decisions {
        let subject = format!("联合决策 {}", decision.decision_id);
        let changed = prove_decision(decision, &ring)
            .map_err(|report| format!("不能证明：\n{report}"))
            .and_then(|proven| {
                if proven.kind != DecisionKind::Admission {
                    return Err("不是关于成员的决策".to_owned());
                }
                let document = MembershipDocument::read(&proven.document)
                    .map_err(|error| error.to_string())?;
                if document.region.as_str() != proven.subject_id {
                    return Err("决策的事项与文件中的地区不一致".to_owned());
                }
                let ring = ring.with(&document, proven.in_force_at);
                let ring = ring.map_err(|fault| fault.to_string())?;
                Ok((ring, document, proven))
            });
        match changed {
            Err(note) => report.broken(subject, note),
            Ok((changed, document, proven)) => {
                let (name, number) = (document.region.name(), &proven.document_number);
                let key = document.signing.id();
                report.holds(
                    subject,
                    format!(
                        "{number}，{} 起：{name}，签名密钥 {key}",
                        proven.in_force_at
                    ),
                );
                ring = changed;
            }
        }
    }
    if file.decisions.is_empty() {
        report.holds("名册", "没有变更");
    }
    (report, ring)
}
