//! Figures from the balances of the ledger's accounts.

use std::collections::BTreeMap;

use proto::{common::v1 as common, fund::v1 as wire};

use super::source;
use crate::{domain::Source, ledger::Account, read::Balance};

/// Balances by account, in fen.
#[derive(Default)]
struct Sums(BTreeMap<String, i64>);

impl Sums {
    fn add(&mut self, balance: &Balance) {
        *self.0.entry(balance.account.clone()).or_default() += balance.fen;
    }

    fn of(&self, account: Account) -> i64 {
        self.0.get(account.as_str()).copied().unwrap_or_default()
    }

    /// Whatever a project got, wherever that is by now.
    fn allocated(&self) -> i64 {
        [Account::Allocated, Account::InTransit, Account::Paid]
            .map(|account| self.of(account))
            .iter()
            .sum()
    }
}

fn fen(fen: i64) -> common::Money {
    common::Money { fen }
}

/// The figures by source and year, and by field too; `field` empty for all fields.
pub(crate) fn figures(balances: &[Balance], field: &str) -> wire::Figures {
    let mut by_source: BTreeMap<(i32, Source), Sums> = BTreeMap::new();
    let mut by_field: BTreeMap<(i32, Source, &str), Sums> = BTreeMap::new();
    for balance in balances {
        let Some(source) = Source::ALL
            .into_iter()
            .find(|source| source.as_str() == balance.source)
        else {
            continue;
        };
        by_source
            .entry((balance.year, source))
            .or_default()
            .add(balance);
        if let Some(of) = balance.field.as_deref()
            && (field.is_empty() || field == of)
        {
            by_field
                .entry((balance.year, source, of))
                .or_default()
                .add(balance);
        }
    }
    wire::Figures {
        sources: by_source
            .iter()
            .map(|((year, of), sums)| wire::SourceFigures {
                year: *year,
                source: source(*of).into(),
                // What was granted stands on the credit side.
                appropriated: Some(fen(-sums.of(Account::Granted))),
                allocated: Some(fen(sums.allocated())),
                in_transit: Some(fen(sums.of(Account::InTransit))),
                paid: Some(fen(sums.of(Account::Paid))),
                left: Some(fen(sums.of(Account::Available))),
            })
            .collect(),
        fields: by_field
            .iter()
            .map(|((year, of, field), sums)| wire::FieldFigures {
                year: *year,
                source: source(*of).into(),
                field: (*field).to_owned(),
                allocated: Some(fen(sums.allocated())),
                in_transit: Some(fen(sums.of(Account::InTransit))),
                paid: Some(fen(sums.of(Account::Paid))),
                left: Some(fen(sums.of(Account::Allocated))),
            })
            .collect(),
    }
}
