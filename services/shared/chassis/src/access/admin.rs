//! Who may call what every service offers to its operators.

use regulation::Role::{Auditor, Director, Operator, Secretariat, Service};

use super::{Row, Who::Roles};

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.node.v1.AdminService/GetServiceStatus",
        Roles(&[Operator, Auditor, Service]),
    ),
    ("jiebang.node.v1.AdminService/SetClock", Roles(&[Operator])),
    (
        "jiebang.node.v1.AdminService/VerifyJournal",
        Roles(&[Operator, Auditor]),
    ),
    (
        "jiebang.node.v1.AdminService/GetJournalHead",
        Roles(&[Operator, Auditor, Service]),
    ),
    (
        "jiebang.node.v1.AdminService/ListDeadLetters",
        Roles(&[Operator, Auditor]),
    ),
    (
        "jiebang.node.v1.AdminService/ReplayDeadLetter",
        Roles(&[Operator]),
    ),
    // Ids, rules and the numbers compared; no content.
    (
        "jiebang.node.v1.AdminService/ComparePolicy",
        Roles(&[Director, Secretariat, Auditor]),
    ),
    // A whole history, private parts included: for auditors alone.
    ("jiebang.node.v1.AdminService/ListFacts", Roles(&[Auditor])),
    ("jiebang.node.v1.AdminService/ListSeals", Roles(&[Auditor])),
];
