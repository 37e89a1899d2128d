//! Who may call `coordination`.

use regulation::Role;

use super::{Row, Who};

/// Those who work on a joint decision or watch over it.
const DEPARTMENTS: &[Role] = &[
    Role::Officer,
    Role::Director,
    Role::Secretariat,
    Role::TaskForce,
    Role::Auditor,
];
/// The same, and the node's own pages for members: figures, ages and whose word is missing.
const OVERVIEW: &[Role] = &[
    Role::Officer,
    Role::Director,
    Role::Secretariat,
    Role::TaskForce,
    Role::Auditor,
    Role::Service,
];
/// Those who may be asked for their assent, or see what was asked.
const ASSENT_READERS: &[Role] = &[
    Role::Officer,
    Role::Director,
    Role::UnitMember,
    Role::Auditor,
];

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.coordination.v1.CoordinationService/OpenDecision",
        Who::Roles(&[Role::Secretariat]),
    ),
    (
        // Who of them is the policy's word, by the kind of decision.
        "jiebang.coordination.v1.CoordinationService/ApproveDecision",
        Who::Roles(&[Role::TaskForce, Role::Secretariat, Role::Director]),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/EndPublicity",
        Who::Roles(&[Role::Secretariat, Role::TaskForce]),
    ),
    // What is shown to the public is for the public.
    (
        "jiebang.coordination.v1.CoordinationService/GetDecision",
        Who::Public,
    ),
    (
        "jiebang.coordination.v1.CoordinationService/ListDecisions",
        Who::Public,
    ),
    (
        "jiebang.coordination.v1.CoordinationService/FileObjection",
        Who::Roles(&[
            Role::Officer,
            Role::Director,
            Role::Secretariat,
            Role::TaskForce,
            Role::Agency,
            Role::UnitMember,
            Role::Expert,
        ]),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/GetObjection",
        Who::Roles(&[
            Role::Officer,
            Role::Director,
            Role::Secretariat,
            Role::TaskForce,
            Role::Agency,
            Role::UnitMember,
            Role::Expert,
            Role::Auditor,
        ]),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/JudgeObjection",
        Who::Roles(&[Role::Secretariat, Role::TaskForce]),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/ListAssents",
        Who::Roles(ASSENT_READERS),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/GetAssent",
        Who::Roles(ASSENT_READERS),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/PrepareAssent",
        Who::Roles(&[Role::Officer]),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/GiveAssent",
        Who::Roles(&[Role::Director, Role::UnitMember]),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/RefuseAssent",
        Who::Roles(&[Role::Director, Role::UnitMember]),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/GetFederationStatus",
        Who::Roles(&[
            Role::Officer,
            Role::Director,
            Role::Secretariat,
            Role::TaskForce,
            Role::Agency,
            Role::Auditor,
            Role::Operator,
            Role::Service,
        ]),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/GetChecklist",
        Who::Roles(DEPARTMENTS),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/GetChecklistOverview",
        Who::Roles(OVERVIEW),
    ),
    (
        "jiebang.coordination.v1.CoordinationService/ListInterpretations",
        Who::Public,
    ),
    (
        "jiebang.coordination.v1.DeliveryService/GetDeliveryRecord",
        Who::Roles(&[
            Role::Officer,
            Role::Director,
            Role::Secretariat,
            Role::TaskForce,
            Role::Auditor,
            Role::UnitMember,
        ]),
    ),
    (
        "jiebang.coordination.v1.DeliveryService/ListDeliveryLookups",
        Who::Roles(&[Role::Auditor]),
    ),
    (
        "jiebang.coordination.v1.DeliveryService/GetIndicators",
        Who::Roles(OVERVIEW),
    ),
];
