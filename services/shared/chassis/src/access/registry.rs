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
        "jiebang.registry.v1.RegistryService/WithdrawBackbone",
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
        "jiebang.registry.v1.RegistryService/DeactivateExpert",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ReactivateExpert",
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
    (
        "jiebang.registry.v1.RegistryService/AppointAdministrator",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.RegistryService/NameDelegate",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.registry.v1.RegistryService/RemoveDelegate",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.registry.v1.RegistryService/OfferHandover",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.registry.v1.RegistryService/AcceptHandover",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ReplaceAdministrator",
        Roles(&[Director]),
    ),
    (
        "jiebang.registry.v1.RegistryService/GetAdministration",
        Roles(&[UnitMember, Officer, Director, Auditor, Service]),
    ),
    (
        "jiebang.registry.v1.RegistryService/DeclareAffiliate",
        Roles(&[UnitMember, Officer]),
    ),
    (
        "jiebang.registry.v1.RegistryService/RemoveAffiliate",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ListAffiliates",
        Roles(&[Officer, Director, UnitMember, Auditor, Service]),
    ),
    (
        "jiebang.registry.v1.RegistryService/ListDoubleRegistrations",
        Roles(&[Officer, Director, Secretariat, Auditor]),
    ),
    (
        "jiebang.registry.v1.CreditService/ProposeCreditRecord",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.CreditService/DeclineCreditRecord",
        Roles(&[Director]),
    ),
    (
        "jiebang.registry.v1.CreditService/NotifyCreditRecord",
        Roles(&[Director]),
    ),
    (
        "jiebang.registry.v1.CreditService/AppealCreditRecord",
        Roles(&[UnitMember, Officer]),
    ),
    (
        "jiebang.registry.v1.CreditService/UpholdCreditRecord",
        Roles(&[Director]),
    ),
    (
        "jiebang.registry.v1.CreditService/RevokeCreditRecord",
        Roles(&[Director]),
    ),
    (
        "jiebang.registry.v1.CreditService/GetCreditRecord",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.registry.v1.CreditService/ListCreditRecords",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.registry.v1.CreditService/ListCreditNotices",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.registry.v1.CreditService/ListCreditEffects",
        Roles(&[
            Officer,
            Director,
            UnitMember,
            Secretariat,
            TaskForce,
            Agency,
            Auditor,
        ]),
    ),
    (
        "jiebang.registry.v1.CreditService/GetPersonStanding",
        Roles(&[Service]),
    ),
    (
        "jiebang.registry.v1.CreditService/ListBarred",
        Roles(&[Service]),
    ),
    (
        "jiebang.registry.v1.CreditService/ListCreditFilings",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.registry.v1.CreditService/RefileCreditRecord",
        Roles(&[Officer]),
    ),
    (
        "jiebang.registry.v1.CreditService/ListCreditLookups",
        Roles(&[Auditor]),
    ),
    (
        // Whose table of what: decided at the door.
        "jiebang.registry.v1.ImportService/ImportTable",
        Roles(&[Officer, UnitMember]),
    ),
    (
        "jiebang.registry.v1.ImportService/ExportTable",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.registry.v1.ImportService/UpdateProfile",
        Roles(&[Officer, UnitMember]),
    ),
    (
        "jiebang.registry.v1.ImportService/GetProfile",
        Roles(&[Officer, Director, UnitMember, Auditor, Service]),
    ),
];
