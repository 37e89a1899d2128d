//! Experts in a table: their numbers are looked at, hashed under a key, and dropped. [Art. 9, 15]

use std::collections::BTreeSet;

use async_trait::async_trait;
use chassis::Desk;
use journal::Act;
use regulation::UnitId;
use tonic::Status;
use uuid::Uuid;

use super::{Rows, Step};
use crate::{
    domain::{
        Expert, IdentityNumber,
        expert::{Command, Origin, Profile, expert_id},
    },
    grpc::LIST_MAX,
    identity, read,
    table::{Column, Fault, Record, Words},
};

const NAME: &str = "姓名";
const NUMBER: &str = "身份证号";
const EMPLOYER: &str = "单位统一社会信用代码";
const FIELDS: &str = "专业领域";
const KEYWORDS: &str = "关键词";
const ORIGIN: &str = "来源";

const COLUMNS: &[Column] = &[
    Column::required(NAME, &["专家姓名"]),
    Column::required(NUMBER, &["证件号", "证件号码", "身份证号码"]),
    Column::required(EMPLOYER, &["工作单位统一社会信用代码", "统一社会信用代码"]),
    Column::required(ORIGIN, &["专家来源"]),
    Column::optional(FIELDS, &["领域"]),
    Column::optional(KEYWORDS, &["研究方向"]),
];

pub(crate) const ORIGINS: Words<Origin> = &[
    ("国家科技专家库", Origin::NationalPool),
    ("部门邀请", Origin::Invited),
];

/// Reads experts, for a node that hosts them.
pub(crate) struct Experts {
    /// Under which the pseudonyms are made.
    pub(crate) secret: [u8; 32],
    /// Whether another profile of the same person is replaced.
    pub(crate) replace: bool,
}

#[async_trait]
impl Rows for Experts {
    type Row = Profile;

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn read(&self, record: &Record) -> Result<Profile, Fault> {
        let number: IdentityNumber = record.value(NUMBER)?;
        let employer: identity::Written = record.value(EMPLOYER)?;
        Ok(Profile {
            person: number.key(&self.secret),
            name: record.value(NAME)?,
            employer: employer.0.unit_id(),
            origin: record.one_of(ORIGIN, ORIGINS)?,
            fields: record.list(FIELDS, LIST_MAX)?,
            keywords: record.list(KEYWORDS, LIST_MAX)?,
        })
    }

    fn once(&self, row: &Profile) -> Option<Uuid> {
        Some(expert_id(&row.person).0)
    }

    async fn steps(&self, desk: &Desk, rows: Vec<(u64, Profile)>) -> Result<Vec<Step>, Status> {
        let employers: BTreeSet<UnitId> = rows.iter().map(|(_, row)| row.employer).collect();
        let known = read::known(desk, &employers).await?;
        let step = |(line, profile): (u64, Profile)| {
            let id = expert_id(&profile.person);
            let command = Command::Register {
                employer_known: known.contains_key(&profile.employer),
                replace: self.replace,
                profile: Box::new(profile),
            };
            Step {
                lines: vec![line],
                act: Act::new::<Expert>(id, command),
            }
        };
        Ok(rows.into_iter().map(step).collect())
    }
}
