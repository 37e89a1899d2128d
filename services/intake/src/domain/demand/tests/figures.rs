//! Pictures that are published: chosen, confirmed, and nothing but pictures.

use chassis::attachments::FileKind;
use evidence::Digest;

use super::{files::file, later::*, *};
use crate::domain::{
    Acceptance, Attachment, Figure, Picture,
    figure::{FIGURE_BYTES_MAX, FIGURES_MAX, NoPicture, is_what_it_says},
    pixels::{self, NoPixels, SIDE_MAX},
};

/// A PNG of one row whose points are `content`; `extra` stands in it besides the picture.
pub(super) fn png(content: &str, extra: &str) -> Vec<u8> {
    drawn(
        u32::try_from(content.len()).unwrap(),
        1,
        content.as_bytes(),
        extra,
    )
}

fn drawn(width: u32, height: u32, points: &[u8], extra: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_compression(png::Compression::NoCompression);
    if !extra.is_empty() {
        encoder
            .add_itxt_chunk("Author".into(), extra.into())
            .unwrap();
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(points).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A PNG of one point with `data` for its packed points.
fn packed(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = png::Encoder::new(&mut bytes, 1, 1);
    let mut writer = encoder.write_header().unwrap();
    writer.write_chunk(png::chunk::IDAT, data).unwrap();
    drop(writer);
    bytes
}

/// The smallest JPEG that is one: a grey point, said to be so large.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let segment = |marker: u8, data: &[u8]| {
        let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, data].concat()
    };
    let (high, wide) = (height.to_be_bytes(), width.to_be_bytes());
    let frame = [8, high[0], high[1], wide[0], wide[1], 1, 1, 0x11, 0];
    let codes = |class: u8| [&[class, 1][..], &[0; 15], &[0]].concat();
    [
        vec![0xff, 0xd8],
        segment(0xdb, &[&[0][..], &[1; 64]].concat()),
        segment(0xc0, &frame),
        segment(0xc4, &codes(0)),
        segment(0xc4, &codes(0x10)),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![0x3f, 0xff, 0xd9],
    ]
    .concat()
}

fn digest() -> Digest {
    Digest::of_document(&png("wafer", ""))
}

fn picture_file() -> Attachment {
    Attachment {
        digest: digest(),
        kind: FileKind::Png,
        ..file(1, 100)
    }
}

fn figure() -> Figure {
    Figure {
        digest: digest(),
        caption: "工艺流程示意".parse().unwrap(),
        task: None,
    }
}

fn with(file: Attachment, figures: Vec<Figure>) -> Demand {
    let drafted = drafted(Content {
        figures,
        ..content()
    });
    and(drafted, Role::UnitMember, Command::Attach(Box::new(file)))
}

fn refused(demand: &Demand, role: Role, command: Command) -> Refusal {
    demand.decide(command, &context(role)).unwrap_err().into()
}

fn confirmed() -> Acceptance {
    let picture = Picture::of(&digest(), png("wafer", "")).unwrap();
    Acceptance {
        confirmed: [digest()].into(),
        pictures: [(digest(), picture)].into(),
        barred: None,
    }
}

#[test]
fn only_a_small_picture_among_the_files_and_of_a_task_that_there_is_is_published() {
    let not_fit = |file: Attachment, figures: Vec<Figure>| {
        let refusal = refused(&with(file, figures), Role::UnitMember, submit());
        assert_eq!(refusal.rule, rules::FIGURES, "{refusal}");
        refusal.message
    };
    let pdf = Attachment {
        kind: FileKind::Pdf,
        ..picture_file()
    };
    assert!(not_fit(pdf, vec![figure()]).contains("不是"));
    assert!(not_fit(file(9, 1), vec![figure()]).contains("不是"));
    let strange = Figure {
        task: Some(uuid::Uuid::from_u128(99).into()),
        ..figure()
    };
    assert!(not_fit(picture_file(), vec![strange]).contains("任务"));
    let large = Attachment {
        bytes: FIGURE_BYTES_MAX + 1,
        ..picture_file()
    };
    assert!(not_fit(large, vec![figure()]).contains("KB"));
    let most = Attachment {
        bytes: FIGURE_BYTES_MAX,
        ..picture_file()
    };
    let of_task = Figure {
        task: Some(record().tasks[0].id),
        ..figure()
    };
    let member = context(Role::UnitMember);
    assert!(with(most, vec![of_task]).decide(submit(), &member).is_ok());
    assert!(not_fit(picture_file(), vec![figure(), figure()]).contains("重复"));
    let many: Vec<_> = (0..=FIGURES_MAX)
        .map(|n| Figure {
            digest: Digest([u8::try_from(n).unwrap(); 32]),
            ..figure()
        })
        .collect();
    assert!(not_fit(picture_file(), many).contains("超过"));
}

#[test]
fn a_caption_gives_the_demander_away_as_little_as_any_other_text() {
    let named = Figure {
        caption: "星河微电子中试线".parse().unwrap(),
        ..figure()
    };
    let demand = with(picture_file(), vec![named]);
    let refusal = refused(&demand, Role::UnitMember, submit());
    assert_eq!(refusal.rule, rules::ANONYMOUS);
    assert!(refusal.message.contains("figures[0].caption"), "{refusal}");
}

#[test]
fn an_officer_confirms_each_picture_before_it_is_told_to_the_hub_and_only_then() {
    let submitted = and(
        with(picture_file(), vec![figure()]),
        Role::UnitMember,
        submit(),
    );
    let strange = Acceptance {
        confirmed: [digest(), Digest([3; 32])].into(),
        ..confirmed()
    };
    for acceptance in [Acceptance::default(), strange] {
        let accept = Command::Accept(Box::new(acceptance));
        let refusal = refused(&submitted, Role::Officer, accept);
        assert_eq!(refusal.rule, rules::FIGURES_CONFIRMED);
    }
    // What is not there, or no clean picture, can't be told.
    let lost = Acceptance {
        pictures: [].into(),
        ..confirmed()
    };
    let refusal = refused(&submitted, Role::Officer, Command::Accept(Box::new(lost)));
    assert_eq!(refusal.rule, rules::FIGURES);
    let officer = context(Role::Officer);
    let accept = Command::Accept(Box::new(confirmed()));
    let mut accepted = submitted;
    let events = accepted.decide(accept.clone(), &officer).unwrap();
    let mut told = Vec::new();
    for event in &events {
        accepted.evolve(event);
        told.extend(accepted.publish("d", event, &officer));
    }
    assert_eq!(accepted.decide(accept, &officer), Ok(vec![]));
    let scopes: Vec<_> = told.iter().map(|message| message.scope).collect();
    let hub = Scope::Share(Audience::HUB);
    assert_eq!(scopes, [Scope::Node, hub, hub]);
    let record = told[1].read::<wire::DemandAccepted>().unwrap().record;
    let reference = &record.unwrap().figures[0];
    let picture = told[2].read::<wire::FigureTold>().unwrap();
    assert_eq!(picture.content, png("wafer", ""));
    assert_eq!(
        (&reference.digest, reference.caption.as_str()),
        (&picture.digest, "工艺流程示意")
    );
    assert_eq!(picture.media_type, "image/png");
    for message in told.iter().filter(|message| message.scope == hub) {
        let text = String::from_utf8_lossy(&message.body).into_owned();
        for private in ["PRIVATE", "星河", ".pdf"] {
            assert!(!text.contains(private), "{private} in {}", message.kind);
        }
    }
}

#[test]
fn bytes_with_more_in_them_than_a_picture_are_never_published() {
    let described = png("wafer", "Author: 星河微电子");
    let of = |bytes: &[u8]| Picture::of(&Digest::of_document(bytes), bytes.to_vec());
    assert_eq!(of(&described), Err(NoPicture::Unclean));
    assert_eq!(of(b"%PDF-1.7\n%%EOF\n"), Err(NoPicture::Kind));
    assert!(matches!(of(b"MZ"), Err(NoPicture::NoAttachment(_))));
    assert_eq!(
        Picture::of(&digest(), png("another", "")),
        Err(NoPicture::Unclean)
    );
    let large = "x".repeat(usize::try_from(FIGURE_BYTES_MAX).unwrap());
    assert_eq!(of(&png(&large, "")), Err(NoPicture::TooLarge));
    assert!(of(&png("wafer", "")).is_ok());
}

#[test]
fn what_says_that_it_is_a_picture_is_one_to_its_last_point_and_no_vast_one() {
    let of = |bytes: &[u8]| Picture::of(&Digest::of_document(bytes), bytes.to_vec());
    let broken = Err(NoPicture::NoPixels(NoPixels::Broken));
    assert!(of(&jpeg(1, 1)).is_ok());
    // The packed points of one grey point, and what somebody might put behind them.
    let point = b"\x78\x9c\x63\x68\x00\x00\x00\x82\x00\x81";
    assert!(of(&packed(point)).is_ok());
    assert_eq!(of(&packed(&[&point[..], b"PRIVATE"].concat())), broken);
    let mut more = Vec::new();
    let mut deflate =
        flate2::read::ZlibEncoder::new(&b"\0\x80PRIVATE"[..], flate2::Compression::default());
    std::io::Read::read_to_end(&mut deflate, &mut more).unwrap();
    assert_eq!(of(&packed(&more)), broken);
    assert_eq!(of(&packed(&point[..6])), broken);
    assert_eq!(of(&packed(b"no points")), broken);
    let mut damaged = png("wafer", "");
    let at = damaged
        .windows(5)
        .position(|bytes| bytes == b"wafer")
        .unwrap();
    damaged[at] = b'W';
    assert_eq!(of(&damaged), broken);
    // A JPEG that has fewer points than it says.
    assert_eq!(of(&jpeg(64, 64)), broken);
    let vast = |bytes: &[u8]| match of(bytes) {
        Err(NoPicture::NoPixels(NoPixels::Vast { width, height })) => Some((width, height)),
        _ => None,
    };
    let side = u16::try_from(SIDE_MAX).unwrap();
    for (width, height) in [
        (side + 1, 1),
        (1, side + 1),
        (4_001, 3_000),
        (u16::MAX, u16::MAX),
    ] {
        assert_eq!(
            vast(&jpeg(width, height)),
            Some((width.into(), height.into()))
        );
    }
    assert_eq!(
        vast(&drawn(SIDE_MAX + 1, 1, &[0; SIDE_MAX as usize + 1], "")),
        Some((8_001, 1))
    );
    assert!(of(&drawn(SIDE_MAX, 1, &[0; SIDE_MAX as usize], "")).is_ok());
    assert_eq!(
        pixels::decode(FileKind::Pdf, b"%PDF-"),
        Err(NoPixels::Broken)
    );
    // What is too large to be published is kept as it is.
    let large = vec![0; usize::try_from(FIGURE_BYTES_MAX).unwrap() + 1];
    assert_eq!(is_what_it_says(FileKind::Png, &large), Ok(()));
    assert_eq!(is_what_it_says(FileKind::Pdf, b"%PDF-"), Ok(()));
    assert_eq!(
        is_what_it_says(FileKind::Png, &damaged),
        Err(NoPixels::Broken)
    );
}

#[test]
fn a_local_programmes_pictures_are_told_to_nobody() {
    let local = Content {
        programme: Programme::Local,
        figures: vec![figure()],
        ..content()
    };
    let attach = Command::Attach(Box::new(picture_file()));
    let demand = and(drafted(local), Role::UnitMember, attach);
    let mut demand = and(demand, Role::UnitMember, submit());
    let officer = context(Role::Officer);
    let accept = Command::Accept(Box::new(confirmed()));
    for event in demand.decide(accept, &officer).unwrap() {
        demand.evolve(&event);
        assert_eq!(demand.publish("d", &event, &officer), []);
    }
}
