//! One department's fund service without a database: the same acts, all or none, the same ledger.

use std::{collections::BTreeMap, sync::Arc};

use journal::{Act, Change, Stored, Undecided};
use proto::message::Message;
use regulation::{
    Actor, AllocationId, AppropriationId, Context, Money, PaymentId, Policy, ProjectId, Refusal,
    Region, Role, UnitId, YRD_2023_1,
};
use serde::de::DeserializeOwned;
use time::macros::datetime;
use uuid::Uuid;

use crate::{
    domain::{
        Allocation, AllocationStage, Appropriation, AppropriationCommand, Asked, BankLine,
        BankReturn, BankReturnCommand, Budget, Case, Condition, Contract, Entry, Grant,
        GrantCommand, Kept, Payment, Source, Terms, Tranche, together,
    },
    ledger::{self, Posting},
};

pub(super) const LEAD: UnitId = UnitId(Uuid::from_u128(0x1EAD));
/// Of a project: 1 000 yuan, of which 30 % are established.
pub(super) const INVESTMENT: i64 = 100_000;
pub(super) const SUPPORT: i64 = 30_000;

pub(super) fn fen(fen: i64) -> Money {
    Money::from_fen(fen).unwrap()
}

pub(super) fn project(n: u128) -> ProjectId {
    ProjectId(Uuid::from_u128(0x9000 + n))
}

pub(super) fn terms() -> Terms {
    Terms::from(&Policy::parse(YRD_2023_1).unwrap())
}

pub(super) fn officer() -> Actor {
    Actor::person("officer", Role::Officer, Region::JS)
}

pub(super) fn director() -> Actor {
    Actor::person("director", Role::Director, Region::JS)
}

/// The officer's account with the other role: the same person.
pub(super) fn officer_as_director() -> Actor {
    Actor::person("officer", Role::Director, Region::JS)
}

pub(super) fn contract(n: u128, investment: i64, support: i64) -> Contract {
    Contract {
        project: project(n),
        title: "光刻胶树脂".parse().unwrap(),
        field: ["集成电路", "生物医药"][usize::try_from(n % 2).unwrap()]
            .parse()
            .unwrap(),
        lead: LEAD,
        investment: fen(investment),
        support: fen(support),
        digest: "d1".to_owned(),
        policy: "yrd-2023-1".to_owned(),
        technical: vec![],
    }
}

/// The whole in one tranche on the contract.
pub(super) fn on_contract(amount: i64) -> Vec<Tranche> {
    vec![tranche(Condition::Contract, amount)]
}

pub(super) fn tranche(condition: Condition, amount: i64) -> Tranche {
    let amount = fen(amount);
    Tranche { condition, amount }
}

#[derive(Default)]
pub(super) struct World {
    stored: BTreeMap<(&'static str, String), Stored>,
    pub(super) postings: Vec<Posting>,
    pub(super) told: Vec<Message>,
    ids: u128,
}

impl World {
    /// Projects 0 and 1 with signed contracts.
    pub(super) fn signed() -> Self {
        let mut world = Self::default();
        for n in 0..2 {
            let contract = contract(n, INVESTMENT, SUPPORT);
            world.sign(contract).unwrap();
        }
        world
    }

    pub(super) fn sign(&mut self, contract: Contract) -> Result<(), Refusal> {
        let project = contract.project;
        let command = GrantCommand::Sign(Box::new(contract));
        self.run(
            &Actor::system(Region::JS),
            &[Act::new::<Grant>(project, command)],
        )
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    /// All acts or none, as the journal runs them.
    pub(super) fn run(&mut self, actor: &Actor, acts: &[Act]) -> Result<(), Refusal> {
        let context = Context {
            now: datetime!(2024-12-02 10:00 +8),
            actor: actor.clone(),
            node: Region::JS,
            policy: None,
            heard: BTreeMap::new(),
        };
        let mut after = self.stored.clone();
        let (mut postings, mut told) = (Vec::new(), Vec::new());
        for act in acts {
            let key = (act.kind(), act.id().to_owned());
            let decided = match act.decide(after.get(&key), &context) {
                Ok(decided) => decided,
                Err(Undecided::Refused(refusal)) => return Err(*refusal),
                Err(error) => panic!("{error}"),
            };
            if decided.facts.is_empty() {
                continue;
            }
            if let Some(change) = decided.change.downcast_ref::<Change<Appropriation>>() {
                let (id, entry) = (change.id.parse().unwrap(), change.state.0.as_ref().unwrap());
                let of = |event| ledger::appropriation(id, entry, event);
                postings.extend(change.events.iter().filter_map(of));
            }
            if let Some(change) = decided.change.downcast_ref::<Change<Grant>>() {
                let case = change.state.0.as_ref().unwrap();
                postings.extend(change.events.iter().filter_map(|e| ledger::grant(case, e)));
            }
            told.extend(decided.messages.iter().cloned());
            after.insert(key, decided.stored());
        }
        self.stored = after;
        self.postings.extend(postings);
        self.told.extend(told);
        Ok(())
    }

    fn all<T: DeserializeOwned>(&self, kind: &str) -> Vec<(String, T)> {
        self.stored
            .iter()
            .filter(|((of, _), _)| *of == kind)
            .map(|((_, id), stored)| (id.clone(), serde_json::from_str(&stored.state).unwrap()))
            .collect()
    }

    pub(super) fn appropriations(&self) -> Vec<(AppropriationId, Entry)> {
        let all = self.all::<Appropriation>("appropriation").into_iter();
        all.map(|(id, state)| (id.parse().unwrap(), state.0.unwrap()))
            .collect()
    }

    pub(super) fn cases(&self) -> Vec<Case> {
        let all = self.all::<Grant>("grant").into_iter();
        all.map(|(_, state)| state.0.unwrap()).collect()
    }

    pub(super) fn case(&self, n: u128) -> Case {
        let project = project(n);
        let mut cases = self.cases().into_iter();
        cases.find(|case| case.contract.project == project).unwrap()
    }

    pub(super) fn kept(&self) -> Vec<Kept> {
        let all = self.all::<BankReturn>("bank_return").into_iter();
        all.map(|(_, state)| state.0.unwrap()).collect()
    }

    pub(super) fn entry(&self, id: AppropriationId) -> Entry {
        let mut all = self.appropriations().into_iter();
        all.find(|(of, _)| *of == id).unwrap().1
    }

    pub(super) fn record(&mut self, who: &Actor, source: Source, amount: i64) -> AppropriationId {
        let id = self.id().into();
        let command = AppropriationCommand::Record {
            budget: Budget { year: 2024, source },
            amount: fen(amount),
            document: "苏财教〔2024〕12号".parse().unwrap(),
        };
        self.on_appropriation(who, id, command).unwrap();
        id
    }

    pub(super) fn on_appropriation(
        &mut self,
        who: &Actor,
        id: AppropriationId,
        command: AppropriationCommand,
    ) -> Result<(), Refusal> {
        self.run(who, &[Act::new::<Appropriation>(id, command)])
    }

    /// Recorded by the officer, confirmed by the director.
    pub(super) fn confirmed(&mut self, source: Source, amount: i64) -> AppropriationId {
        let id = self.record(&officer(), source, amount);
        self.on_appropriation(&director(), id, AppropriationCommand::Confirm)
            .unwrap();
        id
    }

    pub(super) fn on_grant(
        &mut self,
        who: &Actor,
        n: u128,
        command: GrantCommand,
    ) -> Result<(), Refusal> {
        self.run(who, &[Act::new::<Grant>(project(n), command)])
    }

    pub(super) fn prepare(
        &mut self,
        who: &Actor,
        n: u128,
        lines: &[(AppropriationId, i64)],
        tranches: Vec<Tranche>,
    ) -> Result<AllocationId, Refusal> {
        let allocation = self.id().into();
        let asked = lines.iter().map(|(id, amount)| {
            let entry = self.entry(*id);
            let (budget, left) = (entry.budget, entry.left());
            let amount = fen(*amount);
            let asked = Asked {
                amount,
                budget,
                left,
            };
            (*id, asked)
        });
        let command = GrantCommand::PrepareAllocation {
            allocation,
            lines: asked.collect(),
            tranches,
            terms: terms(),
        };
        self.on_grant(who, n, command)?;
        Ok(allocation)
    }

    pub(super) fn approve(
        &mut self,
        who: &Actor,
        n: u128,
        allocation: AllocationId,
    ) -> Result<(), Refusal> {
        let acts = together::approval(&self.case(n), allocation, terms());
        self.run(who, &acts)
    }

    /// Prepared by the officer, approved by the director, one tranche on the contract.
    pub(super) fn allocated(
        &mut self,
        n: u128,
        lines: &[(AppropriationId, i64)],
        tranches: Vec<Tranche>,
    ) -> AllocationId {
        let id = self.prepare(&officer(), n, lines, tranches).unwrap();
        self.approve(&director(), n, id).unwrap();
        id
    }

    pub(super) fn pay(
        &mut self,
        who: &Actor,
        n: u128,
        (allocation, tranche): (AllocationId, usize),
        lines: &[(AppropriationId, i64)],
    ) -> Result<PaymentId, Refusal> {
        let payment = self.id().into();
        let command = GrantCommand::PreparePayment {
            payment,
            allocation,
            tranche,
            payee: LEAD,
            lines: lines
                .iter()
                .map(|(id, amount)| (*id, fen(*amount)))
                .collect(),
        };
        self.on_grant(who, n, command)?;
        Ok(payment)
    }

    pub(super) fn release(
        &mut self,
        who: &Actor,
        n: u128,
        payment: PaymentId,
    ) -> Result<(), Refusal> {
        let terms = terms();
        self.on_grant(who, n, GrantCommand::ApprovePayment { payment, terms })
    }

    /// The door's two steps: keep, compare.
    pub(super) fn bank(&mut self, line: &BankLine) -> Result<(), Refusal> {
        let id = BankReturn::id(&line.reference);
        let record = BankReturnCommand::Record(line.clone());
        self.run(&officer(), &[Act::new::<BankReturn>(id, record)])?;
        let quoted = line.payment();
        let case = self
            .cases()
            .into_iter()
            .find(|case| quoted.is_some_and(|id| case.payments.contains_key(&id)));
        let acts = together::comparison(line, case.as_ref());
        self.run(&officer(), &acts)
    }

    pub(super) fn allocation(&self, n: u128, id: AllocationId) -> Allocation {
        self.case(n).allocations[&id].clone()
    }

    pub(super) fn payment(&self, n: u128, id: PaymentId) -> Payment {
        self.case(n).payments[&id].clone()
    }
}

pub(super) fn line(reference: &str, payment: impl ToString, amount: i64) -> BankLine {
    BankLine {
        reference: reference.parse().unwrap(),
        quoted: payment.to_string().parse().ok(),
        amount: fen(amount),
        booked_on: "2024-12-03".parse().unwrap(),
        paid: true,
    }
}

/// The rule by which it was refused.
pub(super) fn code<T: std::fmt::Debug>(outcome: Result<T, Refusal>) -> &'static str {
    outcome.unwrap_err().rule.code
}

pub(super) fn is_approved(allocation: &Allocation) -> bool {
    matches!(allocation.stage, AllocationStage::Approved { .. })
}

/// A policy under which another officer releases what is below an amount.
pub(super) fn officers_release_below(amount: i64) -> Terms {
    Terms {
        payment_director_from: fen(amount),
        ..terms()
    }
}

/// Keeps the policy's text in view: the tests' ratio is the regulation's.
#[test]
fn the_policy_of_the_tests_is_the_programmes_own() {
    let policy = Arc::new(Policy::parse(YRD_2023_1).unwrap());
    assert_eq!(policy.support_ratio_max.to_string(), "30%");
    assert_eq!(fen(SUPPORT), policy.support_ratio_max.of(fen(INVESTMENT)));
}
