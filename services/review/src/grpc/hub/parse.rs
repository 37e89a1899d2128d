//! Lists of a request, each line with its own faults.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use chassis::status::Fields;
use proto::{common::v1::Money as WireMoney, review::v1 as wire};
use regulation::{ApplicationId, Day, Field, Money, Region, Text};
use tonic::Status;

use crate::domain::{Blindness, Grant, Places};

fn line<T: FromStr<Err: Display>>(name: &str, text: &str, fields: &mut Fields) -> Option<T> {
    fields.take(name, text.parse::<T>())
}

/// What a round is asked to be opened with.
pub(super) struct Opened {
    pub(super) places: BTreeMap<Field, Places>,
    pub(super) deadline: Day,
    pub(super) blindness: Blindness,
    pub(super) panel_size: Option<u32>,
    pub(super) alternates: Option<u32>,
    pub(super) departure: Option<Text>,
}

/// Reads it, or tells everything that is wrong with it.
pub(super) fn opened(message: &wire::OpenRoundRequest) -> Result<Opened, Status> {
    let mut fields = Fields::default();
    let deadline = fields.take("deadline", message.deadline.parse());
    let places = places(&message.places, &mut fields);
    let panel_size = match message.panel_size {
        0 => None,
        size => fields.take("panel_size", u32::try_from(size)),
    };
    let alternates = message
        .alternates
        .and_then(|number| fields.take("alternates", u32::try_from(number)));
    let departure = optional("departure_reason", &message.departure_reason, &mut fields);
    let blindness = match message.blindness() {
        wire::Blindness::Open => Some(Blindness::Open),
        wire::Blindness::Blind => Some(Blindness::Blind),
        wire::Blindness::Unspecified => {
            fields.fault("blindness", "请说明专家能否看到申报单位");
            None
        }
    };
    if !(2000..=2100).contains(&message.year) {
        fields.fault("year", "年度应为四位年份");
    }
    let (true, Some(deadline), Some(blindness)) = (fields.is_empty(), deadline, blindness) else {
        return Err(fields.refuse());
    };
    Ok(Opened {
        places,
        deadline,
        blindness,
        panel_size,
        alternates,
        departure,
    })
}

/// A text that may be left out.
fn optional(name: &str, text: &str, fields: &mut Fields) -> Option<Text> {
    if text.trim().is_empty() {
        return None;
    }
    line(name, text, fields)
}

fn money(name: &str, given: Option<&WireMoney>, fields: &mut Fields) -> Option<Money> {
    let Some(given) = given else {
        fields.fault(name, "请填写金额");
        return None;
    };
    fields.take(name, Money::from_fen(given.fen))
}

/// The fields with their numbers of places.
pub(super) fn places(given: &[wire::FieldPlaces], fields: &mut Fields) -> BTreeMap<Field, Places> {
    let mut places = BTreeMap::new();
    if given.is_empty() {
        fields.fault("places", "请为至少一个领域确定名额");
    }
    for (index, of_field) in given.iter().enumerate() {
        let at = |name: &str| format!("places[{index}].{name}");
        let field: Option<Field> = line(&at("field"), &of_field.field, fields);
        let reason = line(&at("reason"), &of_field.reason, fields);
        let number = fields.take(&at("places"), u32::try_from(of_field.places));
        if let (Some(field), Some(reason), Some(number)) = (field, reason, number)
            && places.insert(field, Places { number, reason }).is_some()
        {
            fields.fault(&at("field"), "领域重复");
        }
    }
    places
}

/// What is proposed, by application.
pub(super) fn grants(given: &[wire::Grant], fields: &mut Fields) -> BTreeMap<ApplicationId, Grant> {
    let mut grants = BTreeMap::new();
    for (index, grant) in given.iter().enumerate() {
        let at = |name: &str| format!("grants[{index}].{name}");
        let application = line(&at("application_id"), &grant.application_id, fields);
        let reason = optional(&at("reason"), &grant.reason, fields);
        let support = if grant.established {
            money(&at("support"), grant.support.as_ref(), fields)
        } else {
            None
        };
        if let Some(application) = application
            && grants
                .insert(application, Grant { support, reason })
                .is_some()
        {
            fields.fault(&at("application_id"), "申报重复");
        }
    }
    grants
}

/// What each region has.
pub(super) fn budgets(
    given: &[wire::RegionBudget],
    fields: &mut Fields,
) -> BTreeMap<Region, Money> {
    let mut budgets = BTreeMap::new();
    for (index, budget) in given.iter().enumerate() {
        let at = |name: &str| format!("budgets[{index}].{name}");
        let region = line(&at("region"), &budget.region, fields);
        let amount = money(&at("amount"), budget.amount.as_ref(), fields);
        if let (Some(region), Some(amount)) = (region, amount)
            && budgets.insert(region, amount).is_some()
        {
            fields.fault(&at("region"), "地区重复");
        }
    }
    budgets
}
