//! An application's package as it passed the examination: kept byte for byte, with what a round
//! needs of it parsed once.

use std::collections::BTreeSet;

use prost::Message as _;
use proto::application::v1::{ApplicationPackage, UnitRole};
use regulation::{
    ApplicationId, BlindId, Field, GuideId, InvalidField, InvalidId, InvalidMoney,
    InvalidPersonKey, InvalidText, Money, PersonKey, Title, UnitId,
};
use serde::{Deserialize, Serialize};

/// A package. What this version of the language does not know was dropped on arrival.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Package {
    application: ApplicationId,
    guide: GuideId,
    demand: Option<BlindId>,
    title: Title,
    field: Field,
    lead: UnitId,
    units: BTreeSet<UnitId>,
    people: BTreeSet<PersonKey>,
    investment: Money,
    requested: Money,
    wire: ApplicationPackage,
}

/// A package as it is kept: its bytes, and what people look for in a fact.
#[derive(Serialize, Deserialize)]
struct Stored {
    title: String,
    encoded: String,
}

/// Why something is no package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPackage {
    /// There is none.
    #[error("no package")]
    Missing,
    /// An id is no id.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// The title is no title.
    #[error("title: {0}")]
    Title(#[from] InvalidText),
    /// The field is no field.
    #[error("field: {0}")]
    Field(#[from] InvalidField),
    /// A person is no pseudonym.
    #[error("a person's key is expected")]
    Person,
    /// An amount is none.
    #[error("money: {0}")]
    Money(#[from] InvalidMoney),
    /// The lead is not among the units.
    #[error("the lead is no unit of the consortium")]
    NoLead,
    /// The stored bytes are no package.
    #[error("unreadable package: {0}")]
    Encoding(String),
}

impl From<InvalidPersonKey> for InvalidPackage {
    fn from(_: InvalidPersonKey) -> Self {
        Self::Person
    }
}

impl Package {
    /// Whose it is.
    pub fn application(&self) -> ApplicationId {
        self.application
    }

    /// How often it was submitted.
    pub fn version(&self) -> i32 {
        self.wire.version
    }

    /// Under which guide.
    pub fn guide(&self) -> GuideId {
        self.guide
    }

    /// The published demand that it answers; none for a topic from another channel.
    pub fn demand(&self) -> Option<BlindId> {
        self.demand
    }

    /// 项目名称
    pub fn title(&self) -> &Title {
        &self.title
    }

    /// 领域
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// 牵头单位
    pub fn lead(&self) -> UnitId {
        self.lead
    }

    /// All units of the consortium, the lead among them.
    pub fn units(&self) -> &BTreeSet<UnitId> {
        &self.units
    }

    /// Leader and team, by pseudonym.
    pub fn people(&self) -> &BTreeSet<PersonKey> {
        &self.people
    }

    /// 项目投入
    pub fn investment(&self) -> Money {
        self.investment
    }

    /// The support that was applied for.
    pub fn requested(&self) -> Money {
        self.requested
    }

    /// Whether title, indicators, milestones or work speak of `keyword`.
    pub fn mentions(&self, keyword: &str) -> bool {
        let works = self.wire.parts.iter().map(|part| &part.work);
        let subtasks = self.wire.units.iter().map(|unit| &unit.subtask);
        [&self.wire.title, &self.wire.indicators]
            .into_iter()
            .chain(&self.wire.milestones)
            .chain(works)
            .chain(subtasks)
            .any(|text| text.contains(keyword))
    }

    /// The package as others are told it.
    pub fn to_wire(&self) -> ApplicationPackage {
        self.wire.clone()
    }

    /// What a reviewer reads. Units are named by their roles alone.
    pub fn content(&self) -> String {
        let wire = &self.wire;
        let mut lines = vec![
            format!("项目名称：{}（{}）", self.title, self.field),
            format!("考核指标：{}", wire.indicators),
        ];
        for (number, milestone) in (1..).zip(&wire.milestones) {
            lines.push(format!("里程碑{number}：{milestone}"));
        }
        lines.push(format!("实施周期：{}个月", wire.months));
        lines.push(format!(
            "项目投入：{}，申请支持：{}",
            self.investment, self.requested
        ));
        for (number, unit) in (1..).zip(&wire.units) {
            let role = match unit.role() {
                UnitRole::Lead => "牵头单位",
                UnitRole::Subtask => "子课题承担单位",
                UnitRole::Participant | UnitRole::Unspecified => "参与单位",
            };
            let part = wire.parts.iter().find(|part| part.unit_id == unit.unit_id);
            let work = part.map_or("", |part| part.work.as_str());
            let task = [unit.subtask.as_str(), work];
            let task: Vec<_> = task.into_iter().filter(|text| !text.is_empty()).collect();
            lines.push(format!("分工{number}（{role}）：{}", task.join("；")));
        }
        lines.join("\n")
    }
}

impl TryFrom<ApplicationPackage> for Package {
    type Error = InvalidPackage;

    fn try_from(wire: ApplicationPackage) -> Result<Self, InvalidPackage> {
        let lead: UnitId = wire.lead_unit_id.parse()?;
        let units = wire.units.iter().map(|unit| unit.unit_id.parse());
        let units = units.collect::<Result<BTreeSet<_>, _>>()?;
        if !units.contains(&lead) {
            return Err(InvalidPackage::NoLead);
        }
        let team = wire.parts.iter().flat_map(|part| &part.person_keys);
        let leader = Some(&wire.leader_person_key).filter(|key| !key.is_empty());
        let people = team.chain(leader).map(|key| key.parse());
        let fen = |money: Option<proto::common::v1::Money>| {
            Money::from_fen(money.unwrap_or_default().fen)
        };
        Ok(Self {
            application: wire.application_id.parse()?,
            guide: wire.guide_id.parse()?,
            demand: match wire.blind_id.as_str() {
                "" => None,
                demand => Some(demand.parse()?),
            },
            title: wire.title.parse()?,
            field: wire.field.parse()?,
            lead,
            units,
            people: people.collect::<Result<_, _>>()?,
            investment: fen(wire.investment)?,
            requested: fen(wire.support)?,
            wire,
        })
    }
}

impl TryFrom<Option<ApplicationPackage>> for Package {
    type Error = InvalidPackage;

    fn try_from(wire: Option<ApplicationPackage>) -> Result<Self, InvalidPackage> {
        wire.ok_or(InvalidPackage::Missing)?.try_into()
    }
}

impl TryFrom<Stored> for Package {
    type Error = InvalidPackage;

    fn try_from(stored: Stored) -> Result<Self, InvalidPackage> {
        let unreadable =
            |error: &dyn std::error::Error| InvalidPackage::Encoding(error.to_string());
        let bytes = hex::decode(&stored.encoded).map_err(|error| unreadable(&error))?;
        ApplicationPackage::decode(bytes.as_slice())
            .map_err(|error| unreadable(&error))?
            .try_into()
    }
}

impl From<Package> for Stored {
    fn from(package: Package) -> Self {
        Self {
            title: package.title.to_string(),
            encoded: hex::encode(package.wire.encode_to_vec()),
        }
    }
}
