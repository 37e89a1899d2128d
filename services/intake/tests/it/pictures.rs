//! A picture on its way from a camera to everybody: nothing but the picture leaves.

use chassis::Outcome;
use evidence::Digest;
use intake::domain::ShownFigure;
use proto::{
    intake::v1 as wire,
    matching::v1::{CatalogueEntry, ListPublished},
    message::{Audience, Incoming, Message, Scope},
};
use regulation::{Region, Role};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{
    files::upload,
    house::{House, STAR, content, fresh},
};

/// What `upload` calls every file; and what a camera and an editor write into a picture.
const SECRETS: [&str; 5] = [
    "PRIVATE 星河微电子方案",
    "PRIVATE-GPS",
    "PRIVATE-AUTHOR",
    "PRIVATE-COMMENT",
    "PRIVATE-TAIL",
];

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker][..], &length, data].concat()
}

/// A photograph with all that a camera says of it, or without.
fn photo(described: bool) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    if described {
        bytes.extend(segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"));
        bytes.extend(segment(
            0xe1,
            b"Exif\0\0MM\0*\0\0\0\x08PRIVATE-GPS PRIVATE-AUTHOR",
        ));
        bytes.extend(segment(0xfe, b"PRIVATE-COMMENT"));
    }
    // One grey point: as short as a picture can be.
    let codes = |class: u8| [&[class, 1][..], &[0; 15], &[0]].concat();
    bytes.extend(segment(0xdb, &[&[0][..], &[1; 64]].concat()));
    bytes.extend(segment(0xc0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]));
    bytes.extend(segment(0xc4, &codes(0)));
    bytes.extend(segment(0xc4, &codes(0x10)));
    bytes.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
    bytes.extend([0x3f, 0xff, 0xd9]);
    if described {
        bytes.extend(b"PRIVATE-TAIL");
    }
    bytes
}

fn digest() -> String {
    Digest::of_document(&photo(false)).to_string()
}

/// A demand that is handed in with its photograph.
async fn handed_in(house: &House) -> String {
    let id = house.draft(STAR, content()).await;
    let request = fresh().to_string();
    let demand = upload(house, STAR, (&request, &id), &photo(true)).await;
    let kept = demand.unwrap().attachments.remove(0);
    assert!(kept.metadata_removed);
    assert_eq!(kept.digest, digest());
    let update = wire::UpdateDemandRequest {
        request_id: fresh().to_string(),
        demand_id: id.clone(),
        content: Some(wire::DemandContent {
            figures: vec![wire::FigureChoice {
                attachment_digest: kept.digest,
                caption: "工艺流程示意".into(),
                task_id: String::new(),
            }],
            ..content()
        }),
    };
    house.to_member(STAR).update_demand(update).await.unwrap();
    house.submit(STAR, &id, vec![]).await;
    id
}

fn passed_on<E: prost::Message + Default + proto::message::PublicEvent>(
    told: &[Incoming],
) -> (E, Message) {
    let one = told.iter().find(|message| message.kind == E::KIND).unwrap();
    let message = Message {
        scope: one.scope,
        kind: E::KIND,
        schema: E::SCHEMA,
        aggregate: one.aggregate.clone(),
        body: one.body.clone(),
    };
    (message.read().unwrap(), message)
}

fn list(figure: wire::Figure) -> Message {
    let list = ListPublished {
        entries: vec![CatalogueEntry {
            record: Some(wire::PublicRecord {
                figures: vec![figure],
                ..Default::default()
            }),
            ..Default::default()
        }],
        ..Default::default()
    };
    Message::share(Audience::All, fresh(), &list)
}

async fn nothing_is_known(house: &House) -> bool {
    let figure = house.desk.load::<ShownFigure>("图片", digest()).await;
    figure.is_err_and(|error| error.code() == Code::NotFound)
}

async fn seen(house: &House) -> Result<Vec<u8>, Status> {
    let digest = digest();
    let shown = house
        .to(Role::Expert)
        .get_figure(wire::GetFigureRequest { digest })
        .await?;
    let shown = shown.into_inner();
    assert_eq!(shown.media_type, "image/jpeg");
    Ok(shown.content)
}

#[tokio::test]
async fn of_a_photograph_only_the_picture_reaches_the_hub_and_from_there_everybody() {
    let (home, hub) = (House::new().await, House::at(Region::HUB).await);
    let elsewhere = House::at(Region::ZJ).await;
    let id = handed_in(&home).await;
    let unconfirmed = home.accept(&id).await.unwrap_err();
    assert_eq!(
        unconfirmed.get_details_error_info().unwrap().reason,
        "intake.figures-confirmed"
    );
    home.accept_with(&id, &[&digest()]).await.unwrap();
    let told = home.told().await;
    for message in &told {
        let text = String::from_utf8_lossy(&message.body).into_owned();
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} in {}", message.kind);
        }
    }
    let (accepted, _) = passed_on::<wire::DemandAccepted>(&told);
    let reference = accepted.record.unwrap().figures.remove(0);
    assert_eq!(reference.caption, "工艺流程示意");
    let (picture, message) = passed_on::<wire::FigureTold>(&told);
    assert_eq!(picture.content, photo(false));
    assert_eq!(message.scope, Scope::Share(Audience::HUB));
    assert_eq!(hub.hear_from(Region::JS, message).await, Outcome::Applied);
    // Until its demand is published nobody sees it.
    assert_eq!(seen(&hub).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(hub.told().await, []);
    let published = hub.hear_from(Region::HUB, list(reference));
    assert_eq!(published.await, Outcome::Applied);
    let told = hub.told().await;
    let (_, message) = passed_on::<wire::FigurePublished>(&told);
    assert_eq!(
        (told.len(), message.scope),
        (1, Scope::Share(Audience::All))
    );
    let heard = elsewhere.hear_from(Region::HUB, message);
    assert_eq!(heard.await, Outcome::Applied);
    for house in [&hub, &elsewhere] {
        assert_eq!(seen(house).await.unwrap(), photo(false));
    }
}

#[tokio::test]
async fn what_only_says_that_it_is_a_picture_is_refused_when_it_comes_in() {
    let house = House::new().await;
    let id = house.draft(STAR, content()).await;
    // It says that it is larger than what there is of it.
    let mut cut = photo(false);
    let frame = [8, 0, 1, 0, 1, 1];
    let at = cut.windows(6).position(|window| window == frame).unwrap();
    (cut[at + 2], cut[at + 4]) = (64, 64);
    let request = fresh().to_string();
    let refused = upload(&house, STAR, (&request, &id), &cut)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    let faults = refused.get_details_bad_request().unwrap();
    assert_eq!(faults.field_violations[0].field, "content");
    assert_eq!(house.get(Role::Officer, &id).await.attachments, []);
}

#[tokio::test]
async fn a_picture_with_more_in_it_another_one_or_one_that_the_hub_did_not_say_is_not_shown() {
    let node = House::new().await;
    let say = |digest: String, content: Vec<u8>| {
        let told = wire::FigurePublished {
            media_type: "image/jpeg".into(),
            digest: digest.clone(),
            content,
        };
        Message::share(Audience::All, digest, &told)
    };
    let described = Digest::of_document(&photo(true)).to_string();
    for (origin, message) in [
        (Region::HUB, say(described, photo(true))),
        (Region::HUB, say(digest(), photo(true))),
        (Region::HUB, say(digest(), b"%PDF-1.7\n%%EOF\n".to_vec())),
        (Region::ZJ, say(digest(), photo(false))),
    ] {
        assert_eq!(node.hear_from(origin, message).await, Outcome::Dead);
    }
    assert_eq!(seen(&node).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_picture_told_is_the_hubs_alone_and_only_the_hubs_list_releases_it_there() {
    let node = House::new().await;
    let to_hub = wire::FigureTold {
        digest: digest(),
        content: photo(false),
        ..Default::default()
    };
    let astray = Message::share(Audience::One(Region::JS), digest(), &to_hub);
    node.hear_from(Region::ZJ, astray).await;
    assert!(nothing_is_known(&node).await);
    let reference = wire::Figure {
        digest: digest(),
        ..Default::default()
    };
    let own = node.hear_from(Region::ZJ, list(reference.clone())).await;
    assert_eq!(own, Outcome::Applied);
    node.hear_from(Region::HUB, list(reference.clone())).await;
    assert!(nothing_is_known(&node).await);
    let hub = House::at(Region::HUB).await;
    let foreign = hub.hear_from(Region::ZJ, list(reference)).await;
    assert_eq!(foreign, Outcome::Dead);
    assert!(nothing_is_known(&hub).await);
    assert_eq!(seen(&node).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(node.told().await, []);
}
