//! Whether everything that was said has been heard, with all that followed from it.
//!
//! There is no moment at which nothing is under way: heartbeats come and go. So what was said by
//! now is followed to its last hearer, stage by stage; if no service recorded a fact meanwhile,
//! nothing has followed from it, and that was all.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use futures::future::join_all;
use proto::{
    exchange::v1::RegionState,
    node::v1::{GetJournalHeadRequest, admin_service_client::AdminServiceClient},
};
use regulation::{Region, Role};
use sqlx::{Connection as _, PgConnection};
use testkit::eventually;

use crate::{Federation, Node, Persona, calls, jetstream, parts::EXCHANGE};

/// What a look at something gave, or why it has to be waited for.
type Look<T> = Result<T, String>;

impl Federation {
    /// Waits until everything that was said has been heard, and nothing follows from it any more:
    /// due timers have fired, outboxes are told, the borders passed, consumers done. What waits for
    /// a region that is cut off does not count.
    ///
    /// # Errors
    /// When that is not so within `timeout`; the message says what was still waited for.
    pub async fn wait_quiet(&self, timeout: Duration) -> anyhow::Result<()> {
        let watch = Watch {
            federation: self,
            deadline: Instant::now() + timeout,
        };
        loop {
            let before = watch.heads().await?;
            watch.timers_fired().await?;
            watch.outboxes_told().await?;
            watch.consumers_heard().await?;
            watch.borders_passed().await?;
            watch.consumers_heard().await?;
            if watch.heads().await? == before {
                return Ok(());
            }
        }
    }
}

struct Watch<'f> {
    federation: &'f Federation,
    deadline: Instant,
}

/// A service of a node.
type At<'f> = (&'f Node, &'f str);

impl<'f> Watch<'f> {
    /// The services that keep a journal.
    fn journals(&self) -> Vec<At<'f>> {
        let nodes = self.federation.nodes.values();
        let all = nodes.flat_map(|node| {
            let journals = node
                .services
                .iter()
                .filter(|(_, service)| service.plan.part.database);
            journals.map(move |(name, _)| (node, name.as_str()))
        });
        all.collect()
    }

    /// The nodes with a border that is not cut off.
    fn borders(&self) -> Vec<&'f Node> {
        let severed = self.federation.links.severed();
        let open = |node: &&Node| {
            node.services.contains_key(EXCHANGE) && !severed.contains(&node.region())
        };
        if severed.contains(&Region::HUB) {
            return Vec::new();
        }
        self.federation.nodes.values().filter(open).collect()
    }

    /// Looks at each of `subjects` until it has once been seen not to wait, and gives what was seen.
    async fn each<S: Copy, T>(
        &self,
        mut subjects: Vec<S>,
        look: impl AsyncFn(S) -> Look<T>,
    ) -> anyhow::Result<Vec<T>> {
        let (mut seen, mut waiting) = (Vec::new(), Vec::new());
        let look_at_all = async || {
            waiting.clear();
            let looks = join_all(subjects.iter().map(|subject| look(*subject))).await;
            for (subject, looked) in std::mem::take(&mut subjects).into_iter().zip(looks) {
                match looked {
                    Ok(found) => seen.push(found),
                    Err(why) => {
                        subjects.push(subject);
                        waiting.push(why);
                    }
                }
            }
            subjects.is_empty().then_some(())
        };
        let left = self.deadline.saturating_duration_since(Instant::now());
        let done = eventually(left, look_at_all, "everything to be heard").await;
        done.with_context(|| waiting.join("; "))?;
        Ok(seen)
    }

    /// The head of every journal.
    async fn heads(&self) -> anyhow::Result<BTreeMap<(Region, &'f str), String>> {
        let heads = self.each(self.journals(), async |(node, name)| {
            let head = self.head(node, name).await.map_err(why)?;
            Ok(((node.region(), name), head))
        });
        Ok(heads.await?.into_iter().collect())
    }

    async fn head(&self, node: &Node, name: &str) -> anyhow::Result<String> {
        let auditor = self
            .federation
            .token(&Persona::new(node.region(), Role::Auditor))?;
        let request = calls::bearing(&auditor, GetJournalHeadRequest {})?;
        let mut client = AdminServiceClient::new(self.federation.channel(node.region(), name)?);
        let head = client.get_journal_head(request).await;
        let head = head.with_context(|| format!("{name} of {}", node.region()))?;
        Ok(head.into_inner().head)
    }

    /// No timer is due that has not fired.
    async fn timers_fired(&self) -> anyhow::Result<()> {
        let fired = self.each(self.journals(), async |(node, name)| {
            match self.timers_due(node, name).await.map_err(why)? {
                0 => Ok(()),
                due => Err(format!("{name} of {} has {due} timers due", node.region())),
            }
        });
        fired.await.map(drop)
    }

    async fn timers_due(&self, node: &Node, name: &str) -> anyhow::Result<i64> {
        let url = node.plan.database_url("postgres", name);
        let mut database = PgConnection::connect(&url).await?;
        let sql = "select count(*) from journal_timer where fired is null and due <= $1";
        let due = sqlx::query_scalar(sql).bind(self.federation.now());
        let due = due.fetch_one(&mut database).await?;
        database.close().await?;
        Ok(due)
    }

    /// What was to be told is with the nodes' NATS.
    async fn outboxes_told(&self) -> anyhow::Result<()> {
        let told = self.each(self.journals(), async |(node, name)| {
            let region = node.region();
            match self
                .federation
                .status(region, name)
                .await
                .map_err(why)?
                .outbox
            {
                0 => Ok(()),
                outbox => Err(format!("{name} of {region} has {outbox} to tell")),
            }
        });
        told.await.map(drop)
    }

    /// What is with the nodes' NATS now has been heard by everybody there.
    async fn consumers_heard(&self) -> anyhow::Result<()> {
        let nodes = self.federation.nodes.values();
        let speak = |node: &&Node| node.services.values().any(|service| service.plan.part.nats);
        let nodes = nodes.filter(speak).collect();
        let last = self.each(nodes, async |node| Ok((node, events(node).await?.last())));
        let heard = self.each(last.await?, async |(node, last)| {
            let consumers = events(node).await?.consumers;
            match consumers.iter().find(|consumer| !consumer.has_heard(last)) {
                None => Ok(()),
                Some(busy) => Err(format!(
                    "{} of {} has more to hear",
                    busy.name,
                    node.region()
                )),
            }
        });
        heard.await.map(drop)
    }

    /// What the open borders have numbered by now has arrived behind all the others.
    async fn borders_passed(&self) -> anyhow::Result<()> {
        let borders = self.borders();
        let said = self.each(borders.clone(), async |node| {
            Ok((
                node.region(),
                self.heard_at(node, node.region()).await?.number,
            ))
        });
        let said = said.await?;
        let pairs = borders
            .iter()
            .flat_map(|node| said.iter().map(move |said| (*node, *said)));
        let pairs = pairs.filter(|(node, (origin, _))| node.region() != *origin);
        let passed = self.each(pairs.collect(), async |(node, (origin, number))| {
            let region = node.region();
            let state = self.heard_at(node, origin).await?;
            if state.number < number {
                return Err(format!(
                    "{region} has not heard number {number} of {origin}"
                ));
            }
            match state.waiting {
                0 => Ok(()),
                waiting => Err(format!("{region} has to deliver {waiting} of {origin}")),
            }
        });
        passed.await.map(drop)
    }

    /// What a node has on file of a region.
    async fn heard_at(&self, node: &Node, origin: Region) -> Look<RegionState> {
        let members = self
            .federation
            .members_heard(node.region())
            .await
            .map_err(why)?;
        let state = members
            .into_iter()
            .find(|state| state.region == origin.as_str());
        state.ok_or_else(|| format!("{} knows no {origin}", node.region()))
    }
}

/// The node's stream of events.
async fn events(node: &Node) -> Look<jetstream::Stream> {
    let events = jetstream::events(node.plan.nats_monitor).await;
    events.ok_or_else(|| format!("NATS of {} does not answer", node.region()))
}

fn why(error: anyhow::Error) -> String {
    format!("{error:#}")
}
