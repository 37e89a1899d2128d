//! A picture of a demand, as the hub keeps it until the list is published, and as every node shows
//! it from then on. Known by its digest alone. [Art. 10]

use journal::Aggregate;
use proto::{
    intake::v1 as wire,
    message::{Audience, Message},
};
use regulation::{Context, Refusal};
use serde::{Deserialize, Serialize};

use super::Picture;

/// A picture by its digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShownFigure {
    /// Nothing is known of it.
    #[default]
    Unknown,
    /// The hub has it; its demand is not published.
    Kept(Box<Picture>),
    /// Its demand is published; the picture itself has not come.
    Awaited,
    /// Everybody may see it.
    Shown(Box<Picture>),
}

/// What can be asked of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShowFigure {
    /// Its home tells it to the hub.
    Keep(Box<Picture>),
    /// The hub has published its demand.
    Release,
    /// The hub tells it to all.
    Show(Box<Picture>),
}

/// What can have happened to a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FigureEvent {
    /// It came to the hub.
    Kept(Box<Picture>),
    /// Its demand is published.
    Released,
    /// The hub showed it to all.
    Shown(Box<Picture>),
}

/// A picture refuses nothing: whatever has been said of it before is done already.
#[derive(Debug)]
pub enum Never {}

impl From<Never> for Refusal {
    fn from(never: Never) -> Self {
        match never {}
    }
}

impl ShownFigure {
    /// The picture, if everybody may see it.
    pub fn shown(&self) -> Option<&Picture> {
        match self {
            Self::Shown(picture) => Some(picture),
            _ => None,
        }
    }
}

impl Aggregate for ShownFigure {
    const KIND: &'static str = "shown_figure";
    type Command = ShowFigure;
    type Event = FigureEvent;
    type Rejection = Never;

    fn decide(&self, command: ShowFigure, _: &Context) -> Result<Vec<FigureEvent>, Never> {
        Ok(match (self, command) {
            (Self::Unknown | Self::Awaited, ShowFigure::Keep(picture)) => {
                vec![FigureEvent::Kept(picture)]
            }
            (Self::Unknown | Self::Kept(_), ShowFigure::Release) => vec![FigureEvent::Released],
            (Self::Unknown | Self::Kept(_) | Self::Awaited, ShowFigure::Show(picture)) => {
                vec![FigureEvent::Shown(picture)]
            }
            _ => vec![],
        })
    }

    fn evolve(&mut self, event: &FigureEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Awaited, FigureEvent::Kept(picture)) | (_, FigureEvent::Shown(picture)) => {
                Self::Shown(picture.clone())
            }
            (_, FigureEvent::Kept(picture)) => Self::Kept(picture.clone()),
            (Self::Kept(picture), FigureEvent::Released) => Self::Shown(picture),
            (_, FigureEvent::Released) => Self::Awaited,
        };
    }

    /// By the hub, once its demand is published and the picture is there, whichever came first.
    fn publish(&self, id: &str, event: &FigureEvent, _: &Context) -> Vec<Message> {
        match (self, event) {
            (Self::Shown(picture), FigureEvent::Kept(_) | FigureEvent::Released) => {
                let published = wire::FigurePublished {
                    digest: id.to_owned(),
                    media_type: picture.kind.media_type().to_owned(),
                    content: picture.content().to_vec(),
                };
                vec![Message::share(Audience::All, id, &published)]
            }
            _ => Vec::new(),
        }
    }
}
