//! What can be asked of a unit, and what can have happened to it.

use std::collections::BTreeSet;

use regulation::{Field, Region, Title, UnitId};
use serde::{Deserialize, Serialize};

use super::{Details, Profile, Signed};

/// What can be asked of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Register it here.
    Register(Box<Details>),
    /// Register it here as a table has it, which says nothing of affiliates.
    Import {
        /// What the table says.
        details: Box<Details>,
        /// Whether that takes the place of what is here already.
        replace: bool,
        /// Of what the table says nothing: what is here already stays.
        unsaid: BTreeSet<Part>,
    },
    /// Replace what can change.
    Revise(Box<Profile>),
    /// Propose it as a backbone enterprise of the field.
    ProposeBackbone(Field),
    /// Confirm the proposal.
    ConfirmBackbone(Field),
    /// Turn a proposal down, or take the qualification back.
    WithdrawBackbone {
        /// Of which field.
        field: Field,
        /// Why.
        reason: Title,
    },
    /// It takes part no longer.
    Deactivate(Title),
    /// It takes part again.
    Reactivate,
    /// Another unit is under common control with it.
    DeclareAffiliate(UnitId),
    /// No longer.
    RemoveAffiliate {
        /// Which.
        affiliate: UnitId,
        /// Why.
        reason: Title,
    },
    /// Another node says that it is at home there.
    NoteElsewhere {
        /// Which node.
        region: Region,
        /// When it said so first.
        at: Signed,
    },
}

/// What a table may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Short names and brands.
    ShortNames,
    /// How large it is.
    Size,
    /// Whose branch it is.
    BranchOf,
    /// Fields.
    Fields,
    /// Keywords.
    Keywords,
}

/// What happened to a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was registered here.
    Registered {
        /// The node.
        home: Region,
        /// Whether it sits outside the members.
        guest: bool,
        /// With what.
        details: Box<Details>,
        /// When.
        at: Signed,
    },
    /// What can change was replaced.
    Revised(Box<Profile>),
    /// It was proposed as a backbone enterprise.
    BackboneProposed {
        /// Of which field.
        field: Field,
        /// By whom.
        by: String,
    },
    /// It was confirmed as one.
    BackboneConfirmed {
        /// Of which field.
        field: Field,
        /// By whom.
        by: String,
    },
    /// It is one no longer, or was not confirmed.
    BackboneWithdrawn {
        /// Of which field.
        field: Field,
        /// Why.
        reason: Title,
        /// By whom.
        by: String,
    },
    /// It takes part no longer.
    Deactivated(Title),
    /// It takes part again.
    Reactivated,
    /// Another unit was said to be under common control with it.
    AffiliateDeclared {
        /// Which.
        affiliate: UnitId,
        /// By whom.
        by: String,
    },
    /// No longer.
    AffiliateRemoved {
        /// Which.
        affiliate: UnitId,
        /// Why.
        reason: Title,
        /// By whom.
        by: String,
    },
    /// Another node has registered it.
    FoundElsewhere {
        /// Which node.
        region: Region,
        /// When it said so first.
        at: Signed,
    },
}
