//! Who may call `exchange`.

use regulation::Role::{Auditor, Director, Operator, Secretariat, Service};

use super::{Row, Who::Roles};

pub(super) const ROWS: &[Row] = &[
    (
        // Numbers, hashes and times of envelopes, which every member sees anyway: the node's own
        // pages show them.
        "jiebang.exchange.v1.ExchangeService/ListRegions",
        Roles(&[Operator, Auditor, Secretariat, Director, Service]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/ListFaults",
        Roles(&[Operator, Auditor]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/CompareHeads",
        Roles(&[Operator, Auditor]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/VerifyChain",
        Roles(&[Operator, Auditor]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/ExportChain",
        Roles(&[Auditor]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/ExportDecision",
        Roles(&[Auditor, Secretariat]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/ExportCase",
        Roles(&[Auditor]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/RedeliverEnvelope",
        Roles(&[Operator]),
    ),
    (
        // Public keys and addresses that every member has to know.
        "jiebang.exchange.v1.ExchangeService/ListMembers",
        Roles(&[Operator, Auditor, Secretariat, Director, Service]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/ExportMembership",
        Roles(&[Auditor, Secretariat]),
    ),
    (
        "jiebang.exchange.v1.ExchangeService/CheckMembership",
        Roles(&[Service]),
    ),
    // Not behind this gate: a port of its own, where the certificate says which member asks.
    ("jiebang.exchange.v1.BorderService/FetchStretch", Roles(&[])),
    ("jiebang.exchange.v1.BorderService/GetHeads", Roles(&[])),
];
