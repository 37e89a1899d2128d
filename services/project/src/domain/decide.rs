//! What a project says to each command.

use std::collections::BTreeMap;

use chassis::{Barred, Subject};
use evidence::Digest;
use regulation::{Context, Day, Departure, Policy, Role, Text, check};
use time::OffsetDateTime;

use super::{
    Case, Command, Contract, Contracting, Event, Party, Rejection, Returned, Signature, Stage,
    Terms, Why, Word, rules,
};

impl Case {
    pub(super) fn decide(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Establish(again) if *again == self.established => Ok(Vec::new()),
            Command::Establish(_) => Err(Rejection::Exists),
            Command::Prepare {
                terms,
                policy,
                barred,
            } => self.prepare(terms, policy.as_deref(), barred, context),
            Command::RequestAssents { digest, barred } => {
                self.request_assents(digest, barred, context)
            }
            Command::Revise(reason) => self.revise(reason, context),
            Command::Agree(word) => self.agree(word),
            Command::Sign { barred } => Ok(self.sign(barred)),
            Command::Refuse { word, reason } => self.refuse(word, reason),
            Command::TakeBack { at } => Ok(self.take_back(at)),
        }
    }

    /// The application was taken back at this very home, while the hub decided: nothing comes of
    /// the project. A contract that all have signed stands.
    fn take_back(&self, at: OffsetDateTime) -> Vec<Event> {
        let Stage::Contracting(contracting) = &self.stage else {
            return Vec::new();
        };
        let waiting = match contracting {
            Contracting::AwaitingAssents { given, .. } => {
                let parties = self.established.parties();
                parties.filter(|party| !given.contains_key(party)).collect()
            }
            Contracting::Preparing { .. } | Contracting::Prepared(_) => Vec::new(),
        };
        vec![Event::TakenBack {
            at,
            version: self.asked,
            waiting,
        }]
    }

    /// Contract and task book are drawn up, or anew while nobody has been asked.
    fn prepare(
        &self,
        terms: Terms,
        policy: Option<&Policy>,
        barred: Vec<(Subject, Barred)>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        by_officer(context)?;
        match &self.stage {
            Stage::Contracting(Contracting::Preparing { .. } | Contracting::Prepared(_)) => {}
            Stage::Contracting(Contracting::AwaitingAssents { .. }) => {
                return Err(self.wrong_stage("拟定合同"));
            }
            Stage::Active(_) => return Err(Rejection::Signed),
            Stage::Withdrawn { .. } => return Err(Rejection::TakenBack),
        }
        nobody_barred(barred)?;
        self.keeps_to(policy)?;
        let established = Day::of(self.established.at);
        if terms.starts_on < established {
            return Err(Rejection::StartsTooEarly {
                starts_on: terms.starts_on,
                established,
            });
        }
        let contract = Contract::drawn_up(
            &self.established,
            self.asked + 1,
            terms,
            Signature::of(context),
        )?;
        Ok(vec![Event::Prepared(Box::new(contract))])
    }

    /// What was established keeps to the policy version that the project keeps. [Art. 17, 18]
    fn keeps_to(&self, policy: Option<&Policy>) -> Result<(), Rejection> {
        let established = &self.established;
        let policy = policy
            .filter(|policy| policy.version == established.policy)
            .ok_or_else(|| Rejection::PolicyUnknown(established.policy.clone()))?;
        // The package says by the field, not by a code, which rule was departed from.
        let departure = established.duration_departure.clone();
        let departure = departure.map(|departure| Departure {
            rule: rules::DURATION.code.to_owned(),
            ..departure
        });
        let within = established.months <= policy.duration_months_max;
        check(rules::DURATION, within, departure.as_ref()).map_err(|refusal| {
            let refusal = refusal
                .with("months", established.months)
                .with("months_max", policy.duration_months_max);
            Rejection::Policy(Box::new(refusal))
        })?;
        if policy
            .support_ratio_max
            .at_most(established.support, established.investment)
        {
            Ok(())
        } else {
            Err(Rejection::SupportTooHigh {
                support: established.support,
                most: policy.support_ratio_max.of(established.investment),
            })
        }
    }

    /// The contract is put before its parties.
    fn request_assents(
        &self,
        digest: Digest,
        barred: Vec<(Subject, Barred)>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        by_officer(context)?;
        match &self.stage {
            Stage::Contracting(Contracting::Prepared(contract)) => {
                same_document(contract, digest)?;
                nobody_barred(barred)?;
                Ok(vec![Event::AssentsRequested])
            }
            Stage::Contracting(Contracting::AwaitingAssents { contract, .. })
                if contract.document.digest() == digest =>
            {
                Ok(Vec::new())
            }
            Stage::Contracting(_) => Err(self.wrong_stage("送各方同意")),
            Stage::Active(_) => Err(Rejection::Signed),
            Stage::Withdrawn { .. } => Err(Rejection::TakenBack),
        }
    }

    /// What waits for assents is taken back.
    fn revise(&self, reason: Text, context: &Context) -> Result<Vec<Event>, Rejection> {
        by_officer(context)?;
        match &self.stage {
            Stage::Contracting(Contracting::AwaitingAssents { .. }) => {
                let by = Signature::of(context);
                Ok(vec![self.returned(Why::Revised { by, reason })])
            }
            Stage::Contracting(_) => Err(self.wrong_stage("撤回修改")),
            Stage::Active(_) => Err(Rejection::Signed),
            Stage::Withdrawn { .. } => Err(Rejection::TakenBack),
        }
    }

    /// A party agrees.
    fn agree(&self, word: Word) -> Result<Vec<Event>, Rejection> {
        let Some((contract, given)) = self.asked_for(&word)? else {
            return Ok(Vec::new());
        };
        if given.contains_key(&word.party) {
            return Ok(Vec::new());
        }
        let Word { party, by, .. } = word;
        if party == Party::Department && by.is_by(&contract.prepared_by) {
            return Ok(vec![self.returned(Why::SignedByPreparer(by))]);
        }
        Ok(vec![Event::Agreed { party, by }])
    }

    /// All have agreed: the contract is signed, as of the last of them. It is not where a credit
    /// record has come to bar one of them since the first. [Art. 20]
    fn sign(&self, barred: Vec<(Subject, Barred)>) -> Vec<Event> {
        let Stage::Contracting(Contracting::AwaitingAssents { given, .. }) = &self.stage else {
            return Vec::new();
        };
        let mut parties = self.established.parties();
        let (true, Some(at)) = (
            parties.all(|party| given.contains_key(&party)),
            given.values().map(|hand| hand.at).max(),
        ) else {
            return Vec::new();
        };
        vec![match barred.into_iter().next() {
            Some((who, by)) => self.returned(Why::Barred { who, by }),
            None => Event::Signed { at },
        }]
    }

    /// A party doesn't agree: the version comes to nothing.
    fn refuse(&self, word: Word, reason: Text) -> Result<Vec<Event>, Rejection> {
        let Some((_, given)) = self.asked_for(&word)? else {
            return Ok(Vec::new());
        };
        if given.contains_key(&word.party) {
            return Err(Rejection::SpokenAlready(word.party));
        }
        let Word { party, by, .. } = word;
        Ok(vec![self.returned(Why::Refused { party, by, reason })])
    }

    /// The contract that a party's word is on, with the words so far; none if the word is on a
    /// version that has come to nothing before it arrived.
    fn asked_for(&self, word: &Word) -> Result<Option<Asked<'_>>, Rejection> {
        let home = self.established.home_of(word.party);
        if home != Some(word.by.region) {
            return Err(Rejection::NotTheirHome(word.party));
        }
        if word.by.role != word.party.signs_as() {
            return Err(Rejection::WrongRole(word.party));
        }
        let project = self.established.project;
        let mut versions = 1..=self.asked;
        let version = versions
            .find(|version| word.party.assent(project, *version) == word.assent)
            .ok_or(Rejection::NotAsked)?;
        let (Some(contract), Some(given)) = (self.contract(), self.given()) else {
            return Ok(None);
        };
        if contract.version != version {
            return Ok(None);
        }
        same_document(contract, word.digest)?;
        Ok(Some((contract, given)))
    }

    fn returned(&self, why: Why) -> Event {
        let answered = match &why {
            Why::Refused { party, .. } => Some(*party),
            Why::SignedByPreparer(_) => Some(Party::Department),
            Why::Revised { .. } | Why::Barred { .. } => None,
        };
        let given = self.given();
        let waiting = self.established.parties().filter(|party| {
            Some(*party) != answered && !given.is_some_and(|given| given.contains_key(party))
        });
        Event::Returned(Box::new(Returned {
            version: self.asked,
            why,
            waiting: waiting.collect(),
        }))
    }

    fn wrong_stage(&self, wanted: &'static str) -> Rejection {
        Rejection::WrongStage {
            stage: self.stage.name(),
            wanted,
        }
    }
}

/// A contract that was put before its parties, and who has agreed.
type Asked<'a> = (&'a Contract, &'a BTreeMap<Party, Signature>);

/// Nobody signs with whom a credit record keeps from contracts. [Art. 20]
fn nobody_barred(barred: Vec<(Subject, Barred)>) -> Result<(), Rejection> {
    match barred.into_iter().next() {
        Some((who, by)) => Err(Rejection::Barred { who, by }),
        None => Ok(()),
    }
}

fn by_officer(context: &Context) -> Result<(), Rejection> {
    if context.actor.role == Role::Officer && context.actor.region == context.node {
        Ok(())
    } else {
        Err(Rejection::NotAnOfficer)
    }
}

fn same_document(contract: &Contract, given: Digest) -> Result<(), Rejection> {
    let expected = contract.document.digest();
    if given == expected {
        Ok(())
    } else {
        Err(Rejection::AnotherDigest { expected, given })
    }
}
