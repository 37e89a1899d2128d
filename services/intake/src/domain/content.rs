//! What a demander writes and who may hand it in. [Art. 4, 8]

use regulation::{Money, Text, UnitId};
use serde::{Deserialize, Serialize};

use chassis::Barred;

use super::{Figure, Rejection};
use crate::record::Record;

/// What the demander writes. Only [`Content::record`] ever leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What may be published.
    pub record: Record,
    /// Joint or local.
    pub programme: Programme,
    /// Why it needs another region. [Art. 4]
    pub cross_region_reason: Option<Text>,
    /// Declares that nothing in it is classified or export-controlled.
    pub nothing_classified: bool,
    /// A note to the department.
    pub private_note: Option<Text>,
    /// Contact at the unit.
    pub contact: Option<Text>,
    /// Why the months are unusual.
    pub duration_reason: Option<Text>,
    /// Why it has milestones in a field that policy does not name for them.
    pub milestones_reason: Option<Text>,
    /// The pictures that are to be published with the record.
    pub figures: Vec<Figure>,
}

/// Which programme a demand is for. [Art. 4]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Programme {
    /// The joint programme.
    Joint,
    /// The region's own; never enters the joint list.
    Local,
}

/// What registry says of the demanding unit at submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Registered, active and at home here.
    pub active_here: bool,
    /// Fields in which it is a confirmed backbone enterprise.
    pub backbone_fields: Vec<regulation::Field>,
    /// The credit record that bars it longest, if one does.
    pub barred: Option<Barred>,
    /// Units under common control with it.
    pub affiliates: Vec<UnitId>,
    /// What it could be recognised by.
    pub names: Vec<String>,
}

impl Standing {
    /// A backbone enterprise of the field, at home here and not barred. [Art. 8, 20]
    pub(super) fn allows(&self, record: &Record) -> Result<(), Rejection> {
        if let Some(barred) = &self.barred {
            return Err(Rejection::Barred(barred.clone()));
        }
        if !self.active_here || !self.backbone_fields.contains(&record.field) {
            return Err(Rejection::NotBackbone(record.field.clone()));
        }
        Ok(())
    }
}

impl Content {
    /// What every submitted demand has, whatever the policy's numbers.
    pub(super) fn complete(&self) -> Result<(), Rejection> {
        let record = &self.record;
        if !self.nothing_classified {
            return Err(Rejection::Classified);
        }
        if record.goals.is_empty() {
            return Err(Rejection::NoGoal);
        }
        if record.tasks.is_empty() {
            return Err(Rejection::NoTask);
        }
        if self.programme == Programme::Joint && self.cross_region_reason.is_none() {
            return Err(Rejection::NoCrossRegionReason);
        }
        record.affords(Money::sum(record.tasks.iter().map(|task| task.offered)))
    }
}

impl Record {
    /// What is offered is part of what is invested. [Art. 10]
    pub(super) fn affords(&self, offered: Option<Money>) -> Result<(), Rejection> {
        let investment = self.investment;
        match offered {
            Some(offered) if offered <= investment => Ok(()),
            offered => Err(Rejection::OfferedTooMuch {
                offered: offered.unwrap_or(investment),
                investment,
            }),
        }
    }
}
