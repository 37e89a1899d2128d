//! Whether all members saw the same history: their views of every chain, side by side.

use std::collections::BTreeMap;

use evidence::Digest;
use futures::future::join_all;
use prost::Message as _;
use proto::exchange::v1 as wire;
use regulation::Region;
use tonic::Status;

use crate::{border::Border, convert, read};

/// What one node holds: the head of each chain by its origin.
type View = BTreeMap<String, wire::ChainHead>;

/// Asks every member that can be reached, and compares at the last place that all of them hold.
pub(crate) async fn heads(border: &Border) -> Result<wire::CompareHeadsResponse, sqlx::Error> {
    let own = read::heads(border, &[]).await?;
    let mut views = BTreeMap::from([(border.region, by_origin(own))]);
    let mut unreachable = Vec::new();
    let asked = border
        .peers
        .regions()
        .into_iter()
        .map(async |peer| (peer, ask(border, peer, &[]).await));
    for (peer, answer) in join_all(asked).await {
        match answer {
            Ok(heads) => {
                views.insert(peer, by_origin(heads));
            }
            Err(status) => {
                tracing::warn!(%peer, code = ?status.code(), message = status.message(), "not compared");
                unreachable.push(peer.to_string());
            }
        }
    }
    let places = common_places(&views);
    let mut hashes = BTreeMap::new();
    for peer in views.keys().copied() {
        let at = if peer == border.region {
            read::heads(border, &places).await?
        } else {
            ask(border, peer, &places).await.unwrap_or_default()
        };
        hashes.insert(peer, by_origin(at));
    }
    let mut chains = Vec::new();
    for place in &places {
        let chain = comparison(place, &views, &hashes);
        if !chain.agreed {
            border.gather(place, &hashes).await?;
        }
        chains.push(chain);
    }
    Ok(wire::CompareHeadsResponse {
        chains,
        unreachable,
    })
}

async fn ask(
    border: &Border,
    peer: Region,
    places: &[wire::ChainPlace],
) -> Result<Vec<wire::ChainHead>, Status> {
    let mut client = border
        .peers
        .client(peer)
        .ok_or_else(|| Status::unavailable("no address"))?;
    let request = wire::GetHeadsRequest {
        places: places.to_vec(),
    };
    Ok(client.get_heads(request).await?.into_inner().heads)
}

fn by_origin(heads: Vec<wire::ChainHead>) -> View {
    heads
        .into_iter()
        .map(|head| (head.origin.clone(), head))
        .collect()
}

/// For each chain, the last number that everyone who holds any of it has.
fn common_places(views: &BTreeMap<Region, View>) -> Vec<wire::ChainPlace> {
    let mut lowest: BTreeMap<&str, u64> = BTreeMap::new();
    for head in views.values().flat_map(BTreeMap::values) {
        let number = lowest.entry(&head.origin).or_insert(head.number);
        *number = head.number.min(*number);
    }
    let place = |(origin, number): (&str, u64)| wire::ChainPlace {
        origin: origin.to_owned(),
        number,
    };
    lowest.into_iter().map(place).collect()
}

fn comparison(
    place: &wire::ChainPlace,
    views: &BTreeMap<Region, View>,
    hashes: &BTreeMap<Region, View>,
) -> wire::ChainComparison {
    let views: Vec<_> = views
        .iter()
        .filter_map(|(region, view)| {
            let there = hashes.get(region)?.get(&place.origin)?;
            Some(wire::ChainView {
                region: region.to_string(),
                head: view.get(&place.origin)?.number,
                hash: Digest::try_from(there.hash.as_slice()).ok()?.to_string(),
            })
        })
        .collect();
    let agreed = views.iter().all(|view| view.hash == views[0].hash);
    wire::ChainComparison {
        origin: place.origin.clone(),
        number: place.number,
        agreed,
        views,
    }
}

impl Border {
    /// Gets the other envelope from whoever holds it, so that both are kept as evidence: two
    /// signatures of one origin under one number.
    async fn gather(
        &self,
        place: &wire::ChainPlace,
        hashes: &BTreeMap<Region, View>,
    ) -> Result<(), sqlx::Error> {
        let Ok(origin) = place.origin.parse::<Region>() else {
            return Ok(());
        };
        let hash_at = |region| hashes.get(region).and_then(|view| view.get(&place.origin));
        let own = hash_at(&self.region).map(|head| head.hash.clone());
        let others = hashes
            .keys()
            .filter(|region| hash_at(region).map(|head| &head.hash) != own.as_ref());
        for peer in others {
            let Some(mut client) = self.peers.client(*peer) else {
                continue;
            };
            let request = wire::FetchStretchRequest {
                origin: place.origin.clone(),
                from: place.number,
                to: place.number,
            };
            let Ok(answer) = client.fetch_stretch(request).await else {
                continue;
            };
            for envelope in answer.into_inner().envelopes {
                self.contradicts(*peer, origin, &envelope).await?;
            }
        }
        Ok(())
    }

    /// Judges what another node holds in the place of what is on file here.
    async fn contradicts(
        &self,
        peer: Region,
        origin: Region,
        envelope: &wire::Envelope,
    ) -> Result<(), sqlx::Error> {
        if origin != self.region {
            self.file(origin, &envelope.encode_to_vec()).await?;
            return Ok(());
        }
        // Somebody holds what bears our signature and is not in our chain.
        let Ok(verified) = evidence::verify(envelope, &self.members.now().ring) else {
            return Ok(());
        };
        let number = verified.header.number;
        let ours = sqlx::query_scalar!(
            "select hash from sent where number = $1",
            convert::column(number)
        )
        .fetch_optional(&self.pool)
        .await?;
        if ours.as_deref() != Some(verified.hash.as_ref()) {
            let fault = crate::fault::Fault {
                kind: wire::FaultKind::Fork,
                region: origin,
                number,
                note: format!(
                    "{}持有本节点签名、但不在本节点信封链中的第 {number} 号信封",
                    peer.name()
                ),
                envelope: envelope.encode_to_vec(),
            };
            let mut db = self.pool.acquire().await?;
            crate::fault::record(&mut db, &fault, self.clock.now()).await?;
        }
        Ok(())
    }
}
