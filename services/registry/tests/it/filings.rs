//! What took effect is filed in the national record, and its answers come back. [Art. 20]

use std::path::{Path, PathBuf};

use evidence::{Digest, SigningKey};
use proto::registry::v1 as wire;
use registry::national::{Folder, Settings, pass};
use regulation::Role;
use tonic::Code;

use crate::{
    house::{House, fresh},
    two::{Two, reason, revoke},
};

async fn filings(house: &House, state: wire::CreditFilingState) -> Vec<wire::CreditFiling> {
    let asked = wire::ListCreditFilingsRequest {
        state: state.into(),
        ..Default::default()
    };
    let mut auditor = house.credit("auditor", Role::Auditor);
    let listed = auditor.list_credit_filings(asked).await.unwrap();
    listed.into_inner().filings
}

/// The two folders, and the key.
struct Place {
    folder: tempfile::TempDir,
    key: SigningKey,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::from_random([7; 32]);
        std::fs::write(folder.path().join("key.pem"), key.to_pem().unwrap()).unwrap();
        Self { folder, key }
    }

    fn open(&self) -> Folder {
        Folder::open(Settings {
            outbox: self.at("outbox"),
            answers: self.at("answers"),
            signing_key_file: self.at("key.pem"),
        })
        .unwrap()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The document of that name, whose signature is right.
    fn document(&self, name: &str) -> (String, Digest) {
        let bytes = std::fs::read(self.at("outbox").join(format!("{name}.json"))).unwrap();
        let signature = std::fs::read_to_string(self.at("outbox").join(format!("{name}.sig")));
        let digest = Digest::of_document(&bytes);
        assert_eq!(signature.unwrap(), hex::encode(self.key.sign(&digest)));
        (String::from_utf8(bytes).unwrap(), digest)
    }

    fn answer(&self, name: &str, text: &str) {
        std::fs::write(self.at("answers").join(name), text).unwrap();
    }
}

fn exists(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}

#[tokio::test]
async fn a_record_in_effect_is_queued_handed_over_signed_and_receipted_and_its_end_too() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record = two.effective(proposal).await;
    // Without a connector it waits in sight, at the department that made the record alone.
    let queued = filings(&two.sh, wire::CreditFilingState::Queued).await;
    assert_eq!(queued.len(), 1);
    assert_eq!((&queued[0].record_id, queued[0].number), (&record, 1));
    let nothing = filings(&two.js, wire::CreditFilingState::Unspecified).await;
    assert_eq!(nothing, []);

    let place = Place::new();
    let folder = place.open();
    pass(&folder, &two.sh.desk).await.unwrap();
    let (document, digest) = place.document(&format!("{record}-1"));
    assert!(document.contains("misuse_of_funds"), "{document}");
    for private in ["王某某", "虚列", "沪联攻合同", "officer", "director"] {
        assert!(!document.contains(private), "{document}");
    }
    let filed = filings(&two.sh, wire::CreditFilingState::Filed).await;
    assert_eq!(filed[0].digest, digest.to_string());
    assert!(!filed[0].filed_on.is_empty());

    let other = Digest::of_document(b"another");
    let receipt = |digest: &Digest| {
        format!(
            r#"{{"record":"{record}","number":1,"digest":"{digest}","receipt":"国信 2024-001"}}"#
        )
    };
    place.answer("1-forged.json", &receipt(&other));
    place.answer("2-garbled.json", "{}");
    place.answer("3-right.json", &receipt(&digest));
    pass(&folder, &two.sh.desk).await.unwrap();
    let receipted = filings(&two.sh, wire::CreditFilingState::Receipted).await;
    assert_eq!(receipted[0].receipt, "国信 2024-001");
    let answers = place.at("answers");
    assert!(exists(&answers.join("noted"), "3-right.json"));
    for wrong in ["1-forged.json", "2-garbled.json"] {
        assert!(exists(&answers.join("refused"), wrong), "{wrong}");
    }

    let mut third = two.sh.credit("third", Role::Director);
    third.revoke_credit_record(revoke(&record)).await.unwrap();
    two.exchange().await;
    pass(&folder, &two.sh.desk).await.unwrap();
    let (document, _) = place.document(&format!("{record}-2"));
    assert!(document.contains("revoked"), "{document}");
}

#[tokio::test]
async fn what_was_turned_down_says_why_and_is_filed_again() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record = two.effective(proposal).await;
    let place = Place::new();
    let folder = place.open();
    let refile = || wire::RefileCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record.clone(),
    };
    let mut officer = two.sh.credit("officer", Role::Officer);
    let early = officer.refile_credit_record(refile()).await.unwrap_err();
    assert_eq!(reason(&early), "registry.credit-filing");
    assert_eq!(early.code(), Code::FailedPrecondition);
    pass(&folder, &two.sh.desk).await.unwrap();
    let (_, digest) = place.document(&format!("{record}-1"));
    place.answer(
        "no.json",
        &format!(r#"{{"record":"{record}","number":1,"digest":"{digest}","rejected":"代码有误"}}"#),
    );
    pass(&folder, &two.sh.desk).await.unwrap();
    let rejected = filings(&two.sh, wire::CreditFilingState::Rejected).await;
    assert_eq!(rejected[0].reason, "代码有误");
    let again = officer.refile_credit_record(refile()).await.unwrap();
    assert_eq!(again.into_inner().number, 2);
    pass(&folder, &two.sh.desk).await.unwrap();
    place.document(&format!("{record}-2"));
}
