//! Who may call `application`.

use regulation::Role::{Agency, Auditor, Director, Officer, Secretariat, TaskForce, UnitMember};

use super::{
    Row,
    Who::{Public, Roles},
};

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.application.v1.ApplicationService/DraftGuide",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ReviseGuide",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ProposeGuide",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.application.v1.ApplicationService/GetGuide",
        Roles(&[Secretariat, TaskForce, Agency, Auditor]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ListGuides",
        Roles(&[Secretariat, TaskForce, Agency, Auditor]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ListPublishedGuides",
        Public,
    ),
    (
        "jiebang.application.v1.ApplicationService/CreateApplication",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/UpdateApplication",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/PutUnit",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/RemoveUnit",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ApproveDeparture",
        Roles(&[Director]),
    ),
    (
        "jiebang.application.v1.ApplicationService/CheckApplication",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/RequestAssents",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ReviseApplication",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/SubmitApplication",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/WithdrawApplication",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/AppealApplication",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/GetApplication",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ListApplications",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ListParts",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.application.v1.ApplicationService/GetPart",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ProvidePart",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ListExaminations",
        Roles(&[Agency, Secretariat, Auditor]),
    ),
    (
        "jiebang.application.v1.ApplicationService/GetExamination",
        Roles(&[Agency, Secretariat, Auditor]),
    ),
    (
        "jiebang.application.v1.ApplicationService/RecordVerdicts",
        Roles(&[Agency]),
    ),
    (
        "jiebang.application.v1.ApplicationService/ConcludeExamination",
        Roles(&[Agency]),
    ),
    (
        "jiebang.application.v1.ApplicationService/CloseCorrection",
        Roles(&[Agency]),
    ),
    (
        "jiebang.application.v1.ApplicationService/DecideAppeal",
        Roles(&[Agency]),
    ),
];
