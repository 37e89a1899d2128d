//! Two registries that hear each other, with a unit of one that the other makes records about.

use proto::registry::v1 as wire;
use regulation::{Region, Role, UnitId};
use time::{OffsetDateTime, macros::datetime};
use tonic_types::StatusExt as _;

use crate::house::{House, fresh, staffed, standing};

/// What stays with the department.
const SECRET: &str = "检查组发现王某某虚列设备费";
/// The day after the time to appeal.
pub(crate) const OVER: OffsetDateTime = datetime!(2024-10-03 00:00:01 +8);

/// Shanghai, which makes records, and Jiangsu, with a unit that they are about.
pub(crate) struct Two {
    pub(crate) sh: House,
    pub(crate) js: House,
    pub(crate) unit: String,
    /// What each has told so far.
    told: [usize; 2],
}

impl Two {
    pub(crate) async fn begin() -> Self {
        let (sh, js) = tokio::join!(House::of(Region::SH), House::of(Region::JS));
        let unit = staffed(&js).await.unit_id;
        let mut two = Self {
            sh,
            js,
            unit,
            told: [0, 0],
        };
        two.exchange().await;
        two
    }

    /// Everything that one told and the other has not heard, until nothing is new. What a node
    /// tells all it hears itself, too.
    pub(crate) async fn exchange(&mut self) {
        loop {
            let told = [self.sh.told().await, self.js.told().await];
            if [told[0].len(), told[1].len()] == self.told {
                return;
            }
            for (from, messages) in told.iter().enumerate() {
                for message in &messages[self.told[from]..] {
                    for house in [&self.sh, &self.js] {
                        if message.is_for(house.desk.region()) {
                            house.hear(message).await;
                        }
                    }
                }
                self.told[from] = messages.len();
            }
        }
    }

    pub(crate) fn member(&self) -> UnitId {
        self.unit.parse().unwrap()
    }

    pub(crate) fn proposal(&self) -> wire::ProposeCreditRecordRequest {
        wire::ProposeCreditRecordRequest {
            request_id: fresh().to_string(),
            unit_id: self.unit.clone(),
            misconduct: wire::Misconduct::MisuseOfFunds.into(),
            case_reference: "沪联攻合同 2024-07".into(),
            evidence: vec![wire::CreditEvidence {
                digest: "ab".repeat(32),
                description: SECRET.into(),
            }],
            barred_acts: vec![wire::BarredAct::Intake.into()],
            ..wire::ProposeCreditRecordRequest::default()
        }
    }

    pub(crate) async fn proposed(&mut self, request: wire::ProposeCreditRecordRequest) -> String {
        let mut officer = self.sh.credit("officer", Role::Officer);
        let made = officer.propose_credit_record(request).await.unwrap();
        made.into_inner().record_id
    }

    pub(crate) async fn notified(&mut self, request: wire::ProposeCreditRecordRequest) -> String {
        let record_id = self.proposed(request).await;
        let mut director = self.sh.credit("director", Role::Director);
        director
            .notify_credit_record(notify(&record_id))
            .await
            .unwrap();
        self.exchange().await;
        record_id
    }

    /// Nobody has appealed, the time is over, and Jiangsu was heard past it.
    pub(crate) async fn effective(&mut self, request: wire::ProposeCreditRecordRequest) -> String {
        let record_id = self.notified(request).await;
        for house in [&self.sh, &self.js] {
            house.set_clock(OVER);
        }
        self.sh.fire(&[Region::SH, Region::JS]).await;
        self.exchange().await;
        record_id
    }

    pub(crate) async fn record(&self, record_id: &str) -> wire::CreditRecord {
        let mut auditor = self.sh.credit("auditor", Role::Auditor);
        let asked = wire::GetCreditRecordRequest {
            record_id: record_id.into(),
            purpose: "audit".into(),
        };
        auditor.get_credit_record(asked).await.unwrap().into_inner()
    }
}

pub(crate) fn notify(record_id: &str) -> wire::NotifyCreditRecordRequest {
    wire::NotifyCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record_id.into(),
    }
}

pub(crate) fn uphold(record_id: &str) -> wire::UpholdCreditRecordRequest {
    wire::UpholdCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record_id.into(),
        reason: "复核属实".into(),
    }
}

pub(crate) fn revoke(record_id: &str) -> wire::RevokeCreditRecordRequest {
    wire::RevokeCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record_id.into(),
        reason: "已整改".into(),
    }
}

pub(crate) fn appeal(record_id: &str) -> wire::AppealCreditRecordRequest {
    wire::AppealCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record_id.into(),
        grounds: "发票可查".into(),
    }
}

pub(crate) fn reason(status: &tonic::Status) -> String {
    status.get_details_error_info().unwrap().reason
}

pub(crate) async fn standing_for(house: &House, unit: &str, purpose: &str) -> wire::UnitStanding {
    let asked = wire::GetUnitStandingRequest {
        purpose: purpose.into(),
        ..standing(unit)
    };
    let answer = house.to(Role::Service).get_unit_standing(asked).await;
    answer.unwrap().into_inner()
}
