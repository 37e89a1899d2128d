//! What must always hold, by the numbers of the invariants. Each law looks at what was committed,
//! crossed or applied since it last looked, and some at how everything stands in the end.

mod agreement;
mod anonymity;
mod assents;
mod ballots;
mod credit;
mod delivery;
mod departures;
mod disclosure;
mod hands;
mod histories;
mod matches;
mod policies;
mod revisions;
mod secrecy;

use crate::{cast::Cast, news::News, world::World};

/// A law that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The number of the invariant; 0 for what the simulation takes for granted: that the journal
    /// decides the same from JSON, and that no state arms what its own rules refuse.
    pub law: u8,
    /// What was seen.
    pub what: String,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "invariant {}: {}", self.law, self.what)
    }
}

type Held = Result<(), Breach>;

fn must(law: u8, holds: bool, what: impl FnOnce() -> String) -> Held {
    if holds {
        Ok(())
    } else {
        Err(Breach { law, what: what() })
    }
}

/// All laws, with what they remember.
#[derive(Default)]
pub(crate) struct Laws {
    delivery: delivery::Seen,
    /// What is searched, one after the other.
    text: Vec<u8>,
}

impl Laws {
    /// Looks at what happened.
    ///
    /// # Errors
    /// The first law that it breaks.
    pub(crate) fn look(&mut self, world: &World, cast: &Cast, news: &News) -> Held {
        for deed in &news.deeds {
            assents::look(world, deed)?;
            ballots::look(world, deed)?;
            matches::look(deed)?;
            departures::look(deed)?;
            hands::look(deed)?;
            credit::look(world, deed)?;
            disclosure::look(world, deed)?;
            revisions::look(world, deed)?;
            policies::look(world, deed)?;
            secrecy::look(world, cast, deed, &mut self.text)?;
        }
        for (node, letter) in &news.said {
            secrecy::said(world, cast, *node, letter)?;
        }
        for letter in &news.crossed {
            anonymity::look(world, cast, letter)?;
        }
        histories::look(world)?;
        for application in &news.applied {
            self.delivery.look(application)?;
        }
        let mut defects = news.differences.iter().chain(&news.refused);
        defects.try_for_each(|what| must(0, false, || what.clone()))
    }

    /// Looks at how everything stands once everything has arrived everywhere.
    ///
    /// # Errors
    /// The first law that does not hold.
    pub(crate) fn settled(world: &World, cast: &Cast) -> Held {
        if histories::settled(world)? {
            return Ok(());
        }
        delivery::settled(world)?;
        agreement::settled(world)?;
        ballots::settled(world)?;
        credit::settled(world)?;
        revisions::settled(world)?;
        secrecy::settled(world, cast)
    }
}
