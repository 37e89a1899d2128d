//! The tool as people run it: files in, exit code and a Chinese report out.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use evidence::{
    Body, ChainFile, DatedKey, DecisionFile, Digest, Envelope, KeyRing, MemberKeys, MembershipFile,
    Outbound, Place, SealingKey, SigningKey, Standing, hash,
};
use proto::{
    coordination::v1::{
        AssentGiven, DecisionChanged, DecisionInForce, DecisionOpened, DecisionState, Party,
    },
    message::{Audience, PublicEvent},
};
use rand::{SeedableRng as _, rngs::StdRng};
use regulation::Region;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

const AT: OffsetDateTime = datetime!(2024-06-01 9:00 +8);
const DOCUMENT: &str = "重点揭榜任务清单";

fn key(region: Region) -> SigningKey {
    SigningKey::from_random([region.as_str().as_bytes()[0]; 32])
}

fn ring() -> KeyRing {
    let member = |region: Region| MemberKeys {
        region,
        standing: if region.is_hub() {
            Standing::Hub
        } else {
            Standing::Full
        },
        sealing: SealingKey::from_random(&[1; 32]).public().clone(),
        signing: vec![DatedKey {
            key: key(region).verifying_key(),
            valid_from: AT,
            valid_until: None,
        }],
    };
    KeyRing::new([Region::SH, Region::JS, Region::HUB].map(member)).unwrap()
}

fn wrap(region: Region, place: Place, kind: &str, data: Vec<u8>) -> Envelope {
    let body = Body {
        id: Uuid::from_u128(1),
        kind: kind.into(),
        subject: format!("share.{region}.{kind}"),
        aggregate: "a".into(),
        schema: "test".into(),
        traceparent: None,
        at: AT,
        data,
    };
    Outbound {
        origin: region,
        audience: Audience::All,
        at: AT,
        body,
    }
    .wrap(place, &key(region), &ring(), &mut StdRng::seed_from_u64(1))
    .unwrap()
}

fn say<E: PublicEvent>(region: Region, event: &E) -> Envelope {
    wrap(region, Place::FIRST, E::KIND, event.encode_to_vec())
}

/// What the hub says next.
fn next<E: PublicEvent>(place: &mut Place, event: &E) -> Envelope {
    let envelope = wrap(Region::HUB, *place, E::KIND, event.encode_to_vec());
    *place = Place::after(place.number(), hash(&envelope));
    envelope
}

fn decision(assenting: &[Region]) -> DecisionFile {
    let digest = Digest::of_document(DOCUMENT.as_bytes()).to_string();
    let mut place = Place::FIRST;
    let mut envelopes = vec![next(
        &mut place,
        &DecisionOpened {
            decision_id: "d-1".into(),
            title: "2024 年清单".into(),
            document: DOCUMENT.into(),
            digest: digest.clone(),
            members: vec!["sh".into(), "js".into()],
            ..DecisionOpened::default()
        },
    )];
    envelopes.extend(assenting.iter().map(|region| {
        let party = Some(Party {
            region: region.to_string(),
            unit_id: String::new(),
        });
        let (subject_id, digest) = ("d-1".to_owned(), digest.clone());
        say(
            *region,
            &AssentGiven {
                document_kind: "decision".into(),
                role: "director".into(),
                subject_id,
                digest,
                party,
                ..AssentGiven::default()
            },
        )
    }));
    let (document_number, publicity_until) = ("1号".to_owned(), "2024-05-31".to_owned());
    envelopes.push(next(
        &mut place,
        &DecisionChanged {
            decision_id: "d-1".into(),
            digest: digest.clone(),
            state: DecisionState::Publicity.into(),
            document_number: document_number.clone(),
            publicity_until: publicity_until.clone(),
            ..DecisionChanged::default()
        },
    ));
    envelopes.push(next(
        &mut place,
        &DecisionInForce {
            decision_id: "d-1".into(),
            document: DOCUMENT.into(),
            digest,
            document_number,
            publicity_until,
            assented: vec!["sh".into(), "js".into()],
            in_force_at: "2024-06-01T00:00:00Z".into(),
            ..DecisionInForce::default()
        },
    ));
    DecisionFile {
        decision_id: "d-1".into(),
        envelopes,
    }
}

fn chain() -> ChainFile {
    let mut place = Place::FIRST;
    let envelopes = (0..3)
        .map(|_| {
            let envelope = wrap(Region::JS, place, "a.b.c", vec![1]);
            place = Place::after(place.number(), hash(&envelope));
            envelope
        })
        .collect();
    ChainFile { envelopes }
}

fn verify<T: serde::Serialize>(folder: &Path, what: &str, file: &T, more: &[&str]) -> Output {
    fs::write(folder.join("file.json"), serde_json::to_vec(file).unwrap()).unwrap();
    fs::write(
        folder.join("members.toml"),
        toml::to_string(&ring()).unwrap(),
    )
    .unwrap();
    Command::new(env!("CARGO_BIN_EXE_jiebang"))
        .current_dir(folder)
        .args(["verify", what, "file.json", "--members", "members.toml"])
        .args(more)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_whole_decision_exits_with_0_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("list.txt"), DOCUMENT).unwrap();
    let file = decision(&[Region::SH, Region::JS]);
    let output = verify(
        folder.path(),
        "decision",
        &file,
        &["--document", "list.txt"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(
        text(&output).ends_with("结论：核验通过\n"),
        "{}",
        text(&output)
    );
}

#[test]
fn a_missing_assent_exits_with_1_and_names_who_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let output = verify(folder.path(), "decision", &decision(&[Region::SH]), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output).contains("[有误] 江苏的同意：缺少"),
        "{}",
        text(&output)
    );
}

#[test]
fn programs_get_json() {
    let folder = tempfile::tempdir().unwrap();
    let output = verify(
        folder.path(),
        "decision",
        &decision(&[Region::SH]),
        &["--json"],
    );
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["conclusion"], "broken");
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["outcome"] == "broken"));
}

#[test]
fn a_chain_holds_whole_and_not_with_a_gap_and_proves_nothing_empty() {
    let folder = tempfile::tempdir().unwrap();
    let code = |file: &ChainFile| verify(folder.path(), "chain", file, &[]).status.code();
    let mut file = chain();
    assert_eq!(code(&file), Some(0));
    file.envelopes.remove(1);
    assert_eq!(code(&file), Some(1));
    file.envelopes.clear();
    assert_eq!(code(&file), Some(3));
}

#[test]
fn what_is_no_case_is_said_to_be_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let output = verify(folder.path(), "case", &chain(), &[]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("file.json 不是所要核验的文件"), "{error}");
}

#[test]
fn keys_that_changed_by_no_proven_decision_prove_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &MembershipFile| {
        let text = serde_json::to_vec(file).unwrap();
        fs::write(folder.path().join("membership.json"), text).unwrap();
    };
    let check = || {
        let with = ["--membership", "membership.json"];
        verify(folder.path(), "chain", &chain(), &with)
    };
    write(&MembershipFile::default());
    assert_eq!(check().status.code(), Some(0));
    write(&MembershipFile {
        // In force, but about a list.
        decisions: vec![decision(&[Region::SH, Region::JS])],
    });
    let output = check();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output).contains("不是关于成员的决策"),
        "{}",
        text(&output)
    );
}
