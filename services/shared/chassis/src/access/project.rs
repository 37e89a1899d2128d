//! Who may call `project`.

use regulation::Role::{Auditor, Director, Officer, UnitMember};

use super::{
    Row,
    Who::{Public, Roles},
};

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.project.v1.ProjectService/PrepareContract",
        Roles(&[Officer]),
    ),
    (
        "jiebang.project.v1.ProjectService/RequestContractAssents",
        Roles(&[Officer]),
    ),
    (
        "jiebang.project.v1.ProjectService/ReviseContract",
        Roles(&[Officer]),
    ),
    (
        "jiebang.project.v1.ProjectService/GetProject",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.project.v1.ProjectService/ListProjects",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.project.v1.ProjectService/GetContract",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    // What was established is public.
    (
        "jiebang.project.v1.ProjectService/ListEstablishedProjects",
        Public,
    ),
];
