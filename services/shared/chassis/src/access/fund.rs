//! Who may call `fund`.

use regulation::Role::{Auditor, Director, Officer, UnitMember};

use super::{Row, Who::Roles};

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.fund.v1.FundService/RecordAppropriation",
        Roles(&[Officer]),
    ),
    (
        "jiebang.fund.v1.FundService/ConfirmAppropriation",
        Roles(&[Director]),
    ),
    (
        "jiebang.fund.v1.FundService/RejectAppropriation",
        Roles(&[Director]),
    ),
    (
        "jiebang.fund.v1.FundService/ListAppropriations",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.fund.v1.FundService/GetGrant",
        Roles(&[Officer, Director, Auditor, UnitMember]),
    ),
    (
        "jiebang.fund.v1.FundService/ListGrants",
        Roles(&[Officer, Director, Auditor, UnitMember]),
    ),
    (
        "jiebang.fund.v1.FundService/PrepareAllocation",
        Roles(&[Officer]),
    ),
    (
        "jiebang.fund.v1.FundService/ApproveAllocation",
        Roles(&[Director]),
    ),
    (
        "jiebang.fund.v1.FundService/RejectAllocation",
        Roles(&[Director]),
    ),
    (
        "jiebang.fund.v1.FundService/PreparePayment",
        Roles(&[Officer]),
    ),
    (
        // Below the policy's amount another officer may; who prepared it never may.
        "jiebang.fund.v1.FundService/ApprovePayment",
        Roles(&[Officer, Director]),
    ),
    (
        "jiebang.fund.v1.FundService/RejectPayment",
        Roles(&[Director]),
    ),
    (
        "jiebang.fund.v1.FundService/RecordBankReturn",
        Roles(&[Officer]),
    ),
    (
        "jiebang.fund.v1.FundService/ListPayments",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.fund.v1.FundService/ListUnmatchedBankReturns",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.fund.v1.FundService/GetFigures",
        Roles(&[Officer, Director, Auditor]),
    ),
];
