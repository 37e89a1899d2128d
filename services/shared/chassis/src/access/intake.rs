//! Who may call intake.

use regulation::Role::{Auditor, Director, Officer, UnitMember};

use super::{
    Row,
    Who::{Public, Roles},
};

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
        "jiebang.intake.v1.IntakeService/ApproveDeparture",
        Roles(&[Director]),
    ),
    (
        "jiebang.intake.v1.IntakeService/WithdrawDemand",
        Roles(&[UnitMember, Officer, Director]),
    ),
    (
        "jiebang.intake.v1.IntakeService/DeclineWithdrawal",
        Roles(&[Director]),
    ),
    (
        "jiebang.intake.v1.IntakeService/CloseDemand",
        Roles(&[Officer]),
    ),
    (
        "jiebang.intake.v1.IntakeService/ReviseTask",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.intake.v1.IntakeService/GetDemand",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.intake.v1.IntakeService/ListDemands",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.intake.v1.IntakeService/ListSimilarDemands",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.intake.v1.IntakeService/UploadAttachment",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.intake.v1.IntakeService/RemoveAttachment",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.intake.v1.IntakeService/DownloadAttachment",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    ("jiebang.intake.v1.IntakeService/GetFigure", Public),
];
