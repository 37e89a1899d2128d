//! Pictures that illustrate a demand: chosen by its demander among the files, confirmed by an
//! officer, published without anything but the picture. [Art. 10]

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chassis::{
    Barred,
    attachments::{FileKind, NoAttachment, check},
};
use evidence::Digest;
use regulation::{TaskId, Title};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{
    Case, Event, Rejection,
    pixels::{self, NoPixels},
};

/// Pictures that one demand may publish at most.
pub const FIGURES_MAX: usize = 4;
/// Bytes that one of them may have at most: they travel in messages, to every node.
pub const FIGURE_BYTES_MAX: u64 = 200 << 10;

/// A picture that the demander wants to publish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Which of the demand's files.
    pub digest: Digest,
    /// What it shows.
    pub caption: Title,
    /// Which task it illustrates; none: the whole demand.
    pub task: Option<TaskId>,
}

/// A picture and nothing else: no metadata, no name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// PNG or JPEG.
    pub kind: FileKind,
    #[serde(serialize_with = "encode", deserialize_with = "decode")]
    content: Vec<u8>,
}

/// Bytes that are no picture to publish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPicture {
    /// They are nothing that may be attached.
    #[error(transparent)]
    NoAttachment(#[from] NoAttachment),
    /// They are some other kind of file.
    #[error("不是 PNG 或 JPEG 图片")]
    Kind,
    /// They have more in them than the picture, or are another one.
    #[error("图片含有画面以外的信息，或与其摘要不符")]
    Unclean,
    /// There is no picture in them, or a vast one.
    #[error(transparent)]
    NoPixels(#[from] NoPixels),
    /// There are too many.
    #[error("图片超过 {} KB", FIGURE_BYTES_MAX >> 10)]
    TooLarge,
}

impl Picture {
    /// The picture that is called `digest`, if `bytes` are it and nothing more.
    ///
    /// # Errors
    /// When they are not.
    pub fn of(digest: &Digest, bytes: Vec<u8>) -> Result<Self, NoPicture> {
        if bytes.len() as u64 > FIGURE_BYTES_MAX {
            return Err(NoPicture::TooLarge);
        }
        let checked = check(bytes)?;
        if !is_picture(checked.kind) {
            return Err(NoPicture::Kind);
        }
        if checked.cleaned || checked.digest != *digest {
            return Err(NoPicture::Unclean);
        }
        pixels::decode(checked.kind, &checked.bytes)?;
        Ok(Self {
            kind: checked.kind,
            content: checked.bytes,
        })
    }

    /// Its bytes.
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}

/// What is attached and small enough to be published is a picture if it says so.
///
/// # Errors
/// When it is none.
pub fn is_what_it_says(kind: FileKind, bytes: &[u8]) -> Result<(), NoPixels> {
    if is_picture(kind) && bytes.len() as u64 <= FIGURE_BYTES_MAX {
        return pixels::decode(kind, bytes);
    }
    Ok(())
}

fn is_picture(kind: FileKind) -> bool {
    matches!(kind, FileKind::Png | FileKind::Jpeg)
}

fn encode<S: Serializer>(content: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(content))
}

fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(D::Error::custom)
}

/// What is wrong with the pictures that are to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FigureFault {
    /// So many, more than may be, or one of them twice.
    TooMany(usize),
    /// What is to be published under this caption is no picture among the files, or of no task.
    NoPicture(String),
    /// The picture with this caption is too large.
    TooLarge(String),
    /// So many were not confirmed by the officer.
    NotConfirmed(usize),
}

/// What the officer has looked at, with what is published of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// The pictures that the officer confirms.
    pub confirmed: BTreeSet<Digest>,
    /// Those of the demand that are pictures, as they are kept.
    pub pictures: BTreeMap<Digest, Picture>,
    /// The credit record that bars the demander by now, if one does.
    pub barred: Option<Barred>,
}

impl Case {
    /// Every picture is one of the files, small enough, and of a task that there is.
    pub(super) fn figures_fit(&self) -> Result<(), Rejection> {
        let figures = &self.content.figures;
        let all: BTreeSet<_> = figures.iter().map(|figure| figure.digest).collect();
        if figures.len() > FIGURES_MAX || all.len() < figures.len() {
            return Err(Rejection::Figure(FigureFault::TooMany(figures.len())));
        }
        let faults = figures.iter().filter_map(|figure| self.fault_of(figure));
        faults
            .map(Rejection::Figure)
            .map(Err)
            .next()
            .unwrap_or(Ok(()))
    }

    fn fault_of(&self, figure: &Figure) -> Option<FigureFault> {
        let caption = figure.caption.to_string();
        let of_task = |task: TaskId| self.content.record.task(task).is_some();
        match self.attachment(&figure.digest) {
            Some(file) if is_picture(file.kind) && figure.task.is_none_or(of_task) => {
                let large = file.bytes > FIGURE_BYTES_MAX;
                large.then_some(FigureFault::TooLarge(caption))
            }
            _ => Some(FigureFault::NoPicture(caption)),
        }
    }

    /// The captions, which are published, too.
    pub(super) fn captions(&self) -> Vec<(String, &str)> {
        let figures = self.content.figures.iter().enumerate();
        let captions = figures.map(|(at, figure)| {
            let field = format!("figures[{at}].caption");
            (field, figure.caption.as_str())
        });
        captions.collect()
    }

    /// What is told of the pictures, once the officer has confirmed each.
    pub(super) fn confirm(
        &self,
        confirmed: &BTreeSet<Digest>,
        mut pictures: BTreeMap<Digest, Picture>,
    ) -> Result<Vec<Event>, Rejection> {
        let figures = &self.content.figures;
        let chosen: BTreeSet<_> = figures.iter().map(|figure| figure.digest).collect();
        if *confirmed != chosen {
            let silent = chosen.difference(confirmed).count();
            return Err(Rejection::Figure(FigureFault::NotConfirmed(silent)));
        }
        let told = figures.iter().map(|figure| {
            let picture = pictures.remove(&figure.digest);
            let none = || FigureFault::NoPicture(figure.caption.to_string());
            Ok(Event::FigureTold {
                digest: figure.digest,
                picture: Box::new(picture.ok_or_else(none).map_err(Rejection::Figure)?),
            })
        });
        told.collect()
    }
}
