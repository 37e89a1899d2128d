//! Who may call intake.

use regulation::Role::{Auditor, Director, Officer, UnitMember};

use super::{Row, Who::Roles};

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.intake.v1.IntakeService/CreateDemand",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.intake.v1.IntakeService/UpdateDemand",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.intake.v1.IntakeService/SubmitDemand",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.intake.v1.IntakeService/ReturnDemand",
        Roles(&[Officer]),
    ),
    (
        "jiebang.intake.v1.IntakeService/AcceptDemand",
        Roles(&[Officer]),
    ),
    (
        "jiebang.intake.v1.IntakeService/WithdrawDemand",
        Roles(&[UnitMember, Director]),
    ),
    (
        "jiebang.intake.v1.IntakeService/GetDemand",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.intake.v1.IntakeService/ListDemands",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
];
