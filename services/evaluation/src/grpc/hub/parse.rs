//! What the secretariat writes, read field by field.

use std::collections::BTreeMap;

use chassis::status;
use proto::evaluation::v1 as wire;
use regulation::{DemandId, Field, InvalidField, InvalidText, Region, Text};

use crate::domain::{Chase, Quota};

/// The fields with their numbers of places; a fault names the line.
pub(super) fn quotas(
    given: &[wire::FieldQuota],
    fields: &mut status::Fields,
) -> BTreeMap<Field, Quota> {
    let mut quotas = BTreeMap::new();
    for (index, quota) in given.iter().enumerate() {
        let at = |name: &str| format!("quotas[{index}].{name}");
        let field: Result<Field, InvalidField> = quota.field.parse();
        let reason: Result<Text, InvalidText> = quota.reason.parse();
        let field = fields.take(&at("field"), field);
        let reason = fields.take(&at("reason"), reason);
        let places = fields.take(&at("places"), u32::try_from(quota.places));
        if let (Some(field), Some(reason), Some(places)) = (field, reason, places)
            && quotas.insert(field, Quota { places, reason }).is_some()
        {
            fields.fault(&at("field"), "领域重复");
        }
    }
    quotas
}

/// Members that have not been heard beyond the cut-off, each with a reason.
pub(super) fn without(
    given: &[wire::WithoutRegion],
    fields: &mut status::Fields,
) -> BTreeMap<Region, Text> {
    let mut without = BTreeMap::new();
    for (index, region) in given.iter().enumerate() {
        let reason: Result<Text, InvalidText> = region.reason.parse();
        let reason = fields.take(&format!("without[{index}].reason"), reason);
        let name: Result<Region, _> = region.region.parse();
        let region = fields.take(&format!("without[{index}].region"), name);
        if let (Some(region), Some(reason)) = (region, reason) {
            without.insert(region, reason);
        }
    }
    without
}

/// When silent experts are reminded and replaced; both numbers or neither.
pub(super) fn chase(
    message: &wire::OpenRoundRequest,
    fields: &mut status::Fields,
) -> Option<Chase> {
    if (message.reminder_days, message.reply_days) == (0, 0) {
        return None;
    }
    let reminder_days = fields.take("reminder_days", u32::try_from(message.reminder_days));
    let reply_days = fields.take("reply_days", u32::try_from(message.reply_days));
    Some(Chase {
        reminder_days: reminder_days?,
        reply_days: reply_days?,
    })
}

/// Who is preferred among equals, each with a reason.
pub(super) fn choices(
    given: &[wire::TieChoice],
    fields: &mut status::Fields,
) -> BTreeMap<DemandId, Text> {
    let mut choices = BTreeMap::new();
    for (index, choice) in given.iter().enumerate() {
        let demand: Result<DemandId, _> = choice.demand_id.parse();
        let demand = fields.take(&format!("choices[{index}].demand_id"), demand);
        let reason: Result<Text, InvalidText> = choice.reason.parse();
        let reason = fields.take(&format!("choices[{index}].reason"), reason);
        if let (Some(demand), Some(reason)) = (demand, reason) {
            choices.insert(demand, reason);
        }
    }
    choices
}
