//! The only door out: public facts of units to all, pseudonyms of experts to the hub. Names of
//! people, short names and who proposed what stay home.

pub(crate) mod credit;

use chassis::staff::Staff;
use proto::{
    message::{Audience, Message},
    registry::v1 as wire,
};

use regulation::Region;

use crate::domain::{
    capability::Kept,
    expert::{Hosted, Origin},
    item::{Item, ItemKind},
    unit::{Backbone, Entry, Event, Kind, Size},
};

/// What others hear of `event`; `entry` is the unit after it.
pub(crate) fn unit(id: &str, entry: &Entry, event: &Event) -> Vec<Message> {
    match event {
        Event::Registered { .. }
        | Event::Revised(_)
        | Event::BackboneConfirmed { .. }
        | Event::BackboneWithdrawn { .. }
        | Event::AffiliateDeclared { .. }
        | Event::AffiliateRemoved { .. }
        | Event::Deactivated(_)
        | Event::Reactivated => vec![Message::share(
            Audience::All,
            id,
            &wire::UnitRecorded {
                unit: Some(public(id, entry)),
            },
        )],
        Event::BackboneProposed { .. } | Event::FoundElsewhere { .. } => Vec::new(),
    }
}

/// A unit as every member knows it.
pub(crate) fn public(id: &str, entry: &Entry) -> wire::Unit {
    let (details, profile) = (&entry.details, &entry.details.profile);
    let confirmed = entry
        .backbone
        .iter()
        .filter(|(_, backbone)| matches!(backbone, Backbone::Confirmed { .. }));
    wire::Unit {
        unit_id: id.to_owned(),
        identity: crate::identity::text(&details.identity),
        name: profile.name.to_string(),
        kind: wire::UnitKind::from(profile.kind).into(),
        region: entry.home.to_string(),
        division_code: details
            .seat
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        guest: entry.guest,
        backbone_fields: confirmed.map(|(field, _)| field.to_string()).collect(),
        affiliate_unit_ids: strings(entry.affiliates()),
        fields: strings(&profile.fields),
        keywords: strings(&profile.keywords),
        branch_of_unit_id: strings(profile.branch_of).concat(),
        size: profile
            .size
            .map_or(wire::UnitSize::Unspecified, Into::into)
            .into(),
        active: entry.is_active(),
    }
}

/// What this node's own services hear of who acts for a unit. Accounts stay home.
pub(crate) fn staff(id: &str, staff: &Staff) -> Message {
    let delegates = staff.delegates.iter();
    let event = wire::UnitStaffRecorded {
        unit_id: id.to_owned(),
        administrator: staff.administrator.clone(),
        delegates: delegates
            .map(|(account, until)| wire::Delegate {
                delegate: account.clone(),
                until: until.to_string(),
            })
            .collect(),
    };
    Message::node(id, &event)
}

/// What the hub hears of an expert; and this node's own services, which by it know whom an expert
/// works for when a sheet is filled in here.
pub(crate) fn expert(id: &str, hosted: &Hosted) -> Vec<Message> {
    let event = wire::ExpertPooled {
        expert: Some(pooled(id, hosted)),
    };
    let mut told = vec![Message::node(id, &event)];
    // The hub knows them by the node that counts.
    if hosted.counts_at.is_none() {
        told.insert(0, Message::share(Audience::HUB, id, &event));
    }
    told
}

/// What a node hears that took in an expert whom another hosts.
pub(crate) fn hosted_elsewhere(id: &str, home: Region, later: Region) -> Message {
    let event = wire::ExpertHostedElsewhere {
        expert_id: id.to_owned(),
        region: home.to_string(),
    };
    Message::share(Audience::One(later), id, &event)
}

/// An expert as the hub knows them.
pub(crate) fn pooled(id: &str, hosted: &Hosted) -> wire::PooledExpert {
    let profile = &hosted.profile;
    wire::PooledExpert {
        expert_id: id.to_owned(),
        person_key: profile.person.to_string(),
        region: hosted.home.to_string(),
        employer_unit_id: profile.employer.to_string(),
        origin: wire::ExpertOrigin::from(profile.origin).into(),
        fields: strings(&profile.fields),
        keywords: strings(&profile.keywords),
        active: hosted.may_be_drawn(),
    }
}

/// What all hear of a unit's profile: all of it, which is nothing but what the unit tells of
/// itself.
pub(crate) fn profile(id: &str, kept: &Kept) -> Message {
    let event = wire::ProfileRecorded {
        profile: Some(capability(id, kept)),
    };
    Message::share(Audience::All, id, &event)
}

/// A unit's profile as every member knows it.
pub(crate) fn capability(id: &str, kept: &Kept) -> wire::Profile {
    wire::Profile {
        unit_id: id.to_owned(),
        region: kept.home.to_string(),
        fields: strings(&kept.content.fields),
        keywords: strings(&kept.content.keywords),
        items: kept.content.items().iter().map(item).collect(),
    }
}

fn item(item: &Item) -> wire::ProfileItem {
    let summary = item.summary.as_ref().map(ToString::to_string);
    wire::ProfileItem {
        kind: wire::ProfileItemKind::from(item.name.kind).into(),
        title: item.name.title.to_string(),
        year: item.name.year.into(),
        keywords: strings(&item.keywords),
        r#abstract: summary.unwrap_or_default(),
    }
}

impl From<ItemKind> for wire::ProfileItemKind {
    fn from(kind: ItemKind) -> Self {
        match kind {
            ItemKind::Project => Self::Project,
            ItemKind::Patent => Self::Patent,
            ItemKind::Paper => Self::Paper,
        }
    }
}

fn strings<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

impl From<Kind> for wire::UnitKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Enterprise => Self::Enterprise,
            Kind::University => Self::University,
            Kind::Institute => Self::Institute,
            Kind::Hospital => Self::Hospital,
            Kind::Other => Self::Other,
        }
    }
}

impl From<Size> for wire::UnitSize {
    fn from(size: Size) -> Self {
        match size {
            Size::Large => Self::Large,
            Size::Medium => Self::Medium,
            Size::Small => Self::Small,
            Size::Micro => Self::Micro,
        }
    }
}

impl From<Origin> for wire::ExpertOrigin {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::NationalPool => Self::NationalPool,
            Origin::Invited => Self::Invited,
        }
    }
}
