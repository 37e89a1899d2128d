//! Files come in by pieces, are kept for who may see them, and read by nobody else.

use evidence::Digest;
use futures::stream;
use proto::{intake::v1 as wire, message::Scope};
use regulation::{Role, UnitId};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::house::{House, MOON, STAR, content, fresh};

const NAME: &str = "PRIVATE 星河微电子方案.pdf";

fn pdf() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend("星河微电子的内部方案".repeat(40_000).as_bytes());
    bytes.extend(b"\n%%EOF\n");
    bytes
}

pub(crate) async fn upload(
    house: &House,
    unit: UnitId,
    (request_id, id): (&str, &str),
    bytes: &[u8],
) -> Result<wire::Demand, Status> {
    let first = wire::UploadAttachmentRequest {
        request_id: request_id.to_owned(),
        demand_id: id.to_owned(),
        file_name: NAME.into(),
        content: Vec::new(),
    };
    let pieces = bytes
        .chunks(100_000)
        .map(|piece| wire::UploadAttachmentRequest {
            content: piece.to_vec(),
            ..Default::default()
        });
    let all: Vec<_> = std::iter::once(first).chain(pieces).collect();
    let done = house
        .to_member(unit)
        .upload_attachment(stream::iter(all))
        .await?;
    Ok(done.into_inner())
}

async fn add(house: &House, id: &str, bytes: &[u8]) -> Result<wire::Demand, Status> {
    upload(house, STAR, (&fresh().to_string(), id), bytes).await
}

/// The first of what is told, and the whole file.
async fn download(
    mut door: wire::intake_service_client::IntakeServiceClient<chassis::testing::Door>,
    id: &str,
    digest: &str,
) -> Result<(wire::Attachment, Vec<u8>), Status> {
    let request = wire::DownloadAttachmentRequest {
        demand_id: id.to_owned(),
        digest: digest.to_owned(),
    };
    let mut stream = door.download_attachment(request).await?.into_inner();
    let (mut told, mut bytes) = (None, Vec::new());
    while let Some(piece) = stream.message().await? {
        told = told.or(piece.attachment);
        bytes.extend(piece.content);
    }
    Ok((told.unwrap(), bytes))
}

#[tokio::test]
async fn a_file_goes_out_as_it_came_in_to_the_demander_and_the_department_and_to_nobody_else() {
    let house = House::new().await;
    let id = house.draft(STAR, content()).await;
    let demand = add(&house, &id, &pdf()).await.unwrap();
    let kept = &demand.attachments[0];
    assert_eq!(kept.media_type, "application/pdf");
    assert_eq!(kept.digest, Digest::of_document(&pdf()).to_string());
    for door in [
        house.to_member(STAR),
        house.to(Role::Officer),
        house.to(Role::Auditor),
    ] {
        let (told, bytes) = download(door, &id, &kept.digest).await.unwrap();
        assert_eq!(
            (told.file_name.as_str(), told.size_bytes),
            (NAME, kept.size_bytes)
        );
        assert!(bytes == pdf(), "another file");
    }
    let stranger = download(house.to_member(MOON), &id, &kept.digest).await;
    assert_eq!(stranger.unwrap_err().code(), Code::NotFound);
    let expert = download(house.to(Role::Expert), &id, &kept.digest).await;
    assert_eq!(expert.unwrap_err().code(), Code::PermissionDenied);
    // Of another demand it is not, whoever knows its digest.
    let other = house.draft(MOON, content()).await;
    let other = download(house.to_member(MOON), &other, &kept.digest).await;
    assert_eq!(other.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn neither_content_nor_name_of_a_file_is_told_or_lies_open_in_the_folder() {
    let house = House::new().await;
    let id = house.draft(STAR, content()).await;
    add(&house, &id, &pdf()).await.unwrap();
    house.submit(STAR, &id, vec![]).await;
    house.accept(&id).await.unwrap();
    let told = house.told().await;
    assert!(!told.is_empty());
    // What reaches its people stays on the node.
    for message in told.iter().filter(|one| one.scope != Scope::Node) {
        let text = String::from_utf8_lossy(&message.body).into_owned();
        for private in ["PRIVATE", "星河", &Digest::of_document(&pdf()).to_string()] {
            assert!(!text.contains(private), "{private} in {}", message.kind);
        }
    }
    let mut files = 0;
    let mut folders = vec![house.folder().join("files")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            let private = "星河微电子".as_bytes();
            assert!(!bytes.windows(private.len()).any(|window| window == private));
        }
    }
    assert_eq!(files, 1);
}

#[tokio::test]
async fn what_a_file_is_its_content_says() {
    let house = House::new().await;
    let id = house.draft(STAR, content()).await;
    for bad in [
        b"MZ\x90\0 a program".as_slice(),
        b"",
        b"<html></html>",
        b"%PDF-1.7 cut off",
    ] {
        let refused = add(&house, &id, bad).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
        let faults = refused.get_details_bad_request().unwrap();
        assert_eq!(faults.field_violations[0].field, "content");
    }
    let large = vec![b' '; chassis::attachments::FILE_BYTES_MAX + 1];
    let refused = add(&house, &id, &large).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(house.get(Role::Officer, &id).await.attachments, []);
}

#[tokio::test]
async fn a_repeated_upload_gets_the_first_answer_and_another_file_under_its_name_is_refused() {
    let house = House::new().await;
    let id = house.draft(STAR, content()).await;
    let name = fresh().to_string();
    let first = upload(&house, STAR, (&name, &id), &pdf()).await.unwrap();
    let again = upload(&house, STAR, (&name, &id), &pdf()).await.unwrap();
    assert_eq!(first, again);
    let other = [pdf(), b"more %%EOF".to_vec()].concat();
    let refused = upload(&house, STAR, (&name, &id), &other)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
}

#[tokio::test]
async fn who_may_not_add_a_file_is_told_so_and_taken_ones_stay_out() {
    let house = House::new().await;
    let id = house.draft(STAR, content()).await;
    let stranger = upload(&house, MOON, (&fresh().to_string(), &id), &pdf()).await;
    assert_eq!(stranger.unwrap_err().code(), Code::NotFound);
    let demand = add(&house, &id, &pdf()).await.unwrap();
    let remove = wire::RemoveAttachmentRequest {
        request_id: fresh().to_string(),
        demand_id: id.clone(),
        digest: demand.attachments[0].digest.clone(),
    };
    let removed = house
        .to_member(STAR)
        .remove_attachment(remove)
        .await
        .unwrap();
    assert_eq!(removed.into_inner().attachments, []);
    let gone = download(house.to_member(STAR), &id, &demand.attachments[0].digest).await;
    assert_eq!(gone.unwrap_err().code(), Code::NotFound);
    house.submit(STAR, &id, vec![]).await;
    let late = add(&house, &id, &pdf()).await.unwrap_err();
    assert_eq!(late.code(), Code::FailedPrecondition);
    assert_eq!(
        late.get_details_error_info().unwrap().reason,
        "intake.lifecycle"
    );
}
