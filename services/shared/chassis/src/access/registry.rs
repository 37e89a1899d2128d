//! Who may call registry.

use regulation::Role::{
    Agency, Auditor, Director, Officer, Secretariat, Service, TaskForce, UnitMember,
};

use super::{Row, Who::Roles};

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.registry.v1.RegistryService/RegisterUnit",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.RegistryService/UpdateUnit",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.RegistryService/DeactivateUnit",
        Roles(&[Director]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ReactivateUnit",
        Roles(&[Director]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ListBackboneProposals",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ProposeBackbone",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ConfirmBackbone",
        Roles(&[Director]),
    ),
    (
        "jiebang.registry.v1.RegistryService/GetUnit",
        Roles(&[
            Officer,
            Director,
            Secretariat,
            TaskForce,
            Agency,
            UnitMember,
            Auditor,
            Service,
        ]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ListUnits",
        Roles(&[
            Officer,
            Director,
            Secretariat,
            TaskForce,
            Agency,
            UnitMember,
            Auditor,
        ]),
    ),
    (
        "jiebang.registry.v1.RegistryService/GetUnitStanding",
        Roles(&[Service]),
    ),
    (
        "jiebang.registry.v1.RegistryService/GetUnitNames",
        Roles(&[Service]),
    ),
    (
        "jiebang.registry.v1.RegistryService/RegisterExpert",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ListExperts",
        Roles(&[Officer, Director, Secretariat, Auditor]),
    ),
    (
        "jiebang.registry.v1.RegistryService/RegisterPerson",
        Roles(&[Officer, UnitMember]),
    ),
];
