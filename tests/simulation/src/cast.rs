//! Who takes part in a history: units, experts and accounts, the same for every history of a cast.

use std::collections::BTreeSet;

use registry::domain::{
    expert::{self, expert_id},
    unit::{self, Details, Kind, Profile},
};
use regulation::{
    Actor, CreditCode, ExpertId, Field, PersonKey, Region, Role, Title, UnitId, UnitIdentity,
};

use crate::{
    dice::Dice,
    needles::Needles,
    words::{given, say},
    world::{LINKED, MEMBERS},
};

/// The field that everything here is about.
pub(crate) const FIELD: &str = "集成电路";
/// What a demander writes for its department alone.
pub(crate) const NOTE: &str = "仅供科技厅内部参考之备注";
/// Whom a demander names for its department alone.
pub(crate) const CONTACT: &str = "联络人赵乾孙，分机柒叁壹";

/// What a unit is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// It demands.
    Demander,
    /// It belongs to the demander of its region, and solves.
    Affiliate,
    /// It solves.
    Solver,
    /// Experts work for it.
    Employer,
}

/// A unit.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// Its id, which follows from its identity.
    pub(crate) id: UnitId,
    /// Where it is registered.
    pub(crate) region: Region,
    /// What it is here for.
    pub(crate) part: Part,
    /// What it is registered with.
    pub(crate) details: Details,
    /// Its id, as it is written.
    pub(crate) spelled: String,
    /// What else would tell who it is: what all its names have in common, and its credit code.
    pub(crate) names: [String; 2],
}

/// An expert.
#[derive(Debug, Clone)]
pub(crate) struct Expert {
    /// Their id.
    pub(crate) id: ExpertId,
    /// The node that hosts them.
    pub(crate) region: Region,
    /// What they are registered with.
    pub(crate) profile: expert::Profile,
}

/// Everybody.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    /// All units.
    pub(crate) units: Vec<Unit>,
    /// All experts.
    pub(crate) experts: Vec<Expert>,
    /// What would tell who demands.
    pub(crate) needles: Needles,
}

impl Cast {
    /// Somebody for everything in each region, and experts of whom some work for demanders.
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let mut units = Vec::new();
        for (place, region) in MEMBERS.into_iter().enumerate() {
            let demander = unit(region, place, Part::Demander, BTreeSet::new());
            let affiliate = unit(region, place, Part::Affiliate, [demander.id].into());
            let solver = unit(region, place, Part::Solver, BTreeSet::new());
            let employer = unit(region, place, Part::Employer, BTreeSet::new());
            let demander = with_affiliate(demander, affiliate.id);
            units.extend([demander, affiliate, solver, employer]);
        }
        let mut experts = Vec::new();
        for number in 0..dice.between(9, 12) {
            let region = MEMBERS[number % MEMBERS.len()];
            let employer = if number < 4 {
                // One in each region works where it does no harm.
                units
                    .iter()
                    .find(|one| one.region == region && one.part == Part::Employer)
            } else {
                dice.one_of(&units)
            };
            if let Some(employer) = employer {
                experts.push(expert(number, region, employer.id));
            }
        }
        units.push(unit(*LINKED, MEMBERS.len(), Part::Solver, BTreeSet::new()));
        Self {
            needles: Needles::of(&units),
            units,
            experts,
        }
    }

    /// The units that are here for this.
    pub(crate) fn of(&self, part: Part) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |unit| unit.part == part)
    }

    /// Whether an expert works for the unit, which then is known as their employer.
    pub(crate) fn employs(&self, unit: UnitId) -> bool {
        let mut employers = self.experts.iter().map(|expert| expert.profile.employer);
        employers.any(|employer| employer == unit)
    }

    /// A unit by its id.
    pub(crate) fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }
}

fn unit(region: Region, place: usize, part: Part, affiliates: BTreeSet<UnitId>) -> Unit {
    let code = ["31", "32", "33", "34", "44"][place];
    let (number, name, kind) = match part {
        Part::Demander => (1, "澄泓", Kind::Enterprise),
        Part::Affiliate => (2, "湛岚", Kind::Enterprise),
        Part::Solver => (3, "昱衡", Kind::Institute),
        Part::Employer => (4, "弘毅", Kind::University),
    };
    let letter = ["甲", "乙", "丙", "丁", "戊"][place];
    let code_of_unit = given(CreditCode::with_check(&format!(
        "91{code}0100MA{number}{place}XKT00"
    )));
    let names = [format!("{name}{letter}"), code_of_unit.to_string()];
    let identity = UnitIdentity::CreditCode(code_of_unit);
    Unit {
        id: identity.unit_id(),
        spelled: identity.unit_id().to_string(),
        names,
        region,
        part,
        details: Details {
            identity,
            seat: Some(say(&format!("{code}0100"))),
            profile: profile(&format!("{name}{letter}"), kind, affiliates),
        },
    }
}

fn profile(name: &str, kind: Kind, affiliates: BTreeSet<UnitId>) -> Profile {
    Profile {
        name: say(&format!("{name}精密仪器股份有限公司")),
        short_names: [say::<Title>(&format!("{name}牌"))].into(),
        kind,
        affiliates,
        fields: [field()].into(),
        keywords: BTreeSet::new(),
        branch_of: None,
        size: None,
    }
}

fn with_affiliate(mut unit: Unit, affiliate: UnitId) -> Unit {
    unit.details.profile.affiliates.insert(affiliate);
    unit
}

fn expert(number: usize, region: Region, employer: UnitId) -> Expert {
    let key = u8::try_from(number).unwrap_or(u8::MAX);
    let profile = expert::Profile {
        person: PersonKey::from_bytes([key; 32]),
        name: say(&format!("专家{number}")),
        employer,
        origin: expert::Origin::Invited,
        fields: [field()].into(),
        keywords: BTreeSet::new(),
    };
    Expert {
        id: expert_id(&profile.person),
        region,
        profile,
    }
}

/// [`FIELD`].
pub(crate) fn field() -> Field {
    say(FIELD)
}

/// Somebody of a department or of the hub.
pub(crate) fn official(role: Role, region: Region) -> Actor {
    let name = match role {
        Role::Officer => "officer",
        Role::Director => "director",
        Role::Secretariat => "secretariat",
        Role::TaskForce => "task-force",
        _ => "somebody",
    };
    Actor::person(format!("{name}-{region}"), role, region)
}

/// Another director of the department.
pub(crate) fn deputy(region: Region) -> Actor {
    Actor::person(format!("deputy-{region}"), Role::Director, region)
}

/// Somebody of a unit.
pub(crate) fn member(unit: UnitId, region: Region) -> Actor {
    Actor {
        unit: Some(unit),
        ..Actor::person(format!("member-of-{unit}"), Role::UnitMember, region)
    }
}

/// An expert at their home.
pub(crate) fn as_expert(id: ExpertId, region: Region) -> Actor {
    Actor {
        expert: Some(id),
        ..Actor::person(format!("expert-{id}"), Role::Expert, region)
    }
}

/// What the unit says of itself, as its registry would tell it to another service of its node.
pub(crate) fn names(entry: &unit::Entry) -> Vec<String> {
    let profile = &entry.details.profile;
    let short = profile.short_names.iter().map(ToString::to_string);
    std::iter::once(profile.name.to_string())
        .chain(short)
        .collect()
}
