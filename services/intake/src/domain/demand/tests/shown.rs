//! A picture on the hub and on every node.

use super::{figures::png, *};
use crate::domain::{Picture, ShowFigure, ShownFigure};

fn picture() -> Picture {
    let bytes = png("wafer", "");
    let digest = evidence::Digest::of_document(&bytes);
    Picture::of(&digest, bytes).unwrap()
}

/// What is told to all after each command.
fn told(commands: Vec<ShowFigure>) -> (Vec<usize>, ShownFigure) {
    let hub = context(Role::System);
    let mut figure = ShownFigure::default();
    let mut counts = Vec::new();
    for command in commands {
        let mut messages = Vec::new();
        for event in figure.decide(command, &hub).unwrap() {
            figure.evolve(&event);
            messages.extend(figure.publish("ab", &event, &hub));
        }
        for message in &messages {
            assert_eq!(message.scope, Scope::Share(Audience::All));
            let told: wire::FigurePublished = message.read().unwrap();
            assert_eq!(told.content, png("wafer", ""));
        }
        counts.push(messages.len());
    }
    (counts, figure)
}

#[test]
fn a_picture_is_shown_once_its_demand_is_published_and_told_to_all_once() {
    let keep = || ShowFigure::Keep(Box::new(picture()));
    let show = || ShowFigure::Show(Box::new(picture()));
    let (counts, kept) = told(vec![keep(), keep()]);
    assert_eq!((counts, kept.shown()), (vec![0, 0], None));
    let (counts, shown) = told(vec![
        keep(),
        ShowFigure::Release,
        keep(),
        ShowFigure::Release,
    ]);
    assert_eq!(
        (counts, shown.shown()),
        (vec![0, 1, 0, 0], Some(&picture()))
    );
    // Whichever comes first.
    let (counts, shown) = told(vec![ShowFigure::Release, keep(), show()]);
    assert_eq!((counts, shown.shown()), (vec![0, 1, 0], Some(&picture())));
    // On the other nodes nothing is told.
    let (counts, shown) = told(vec![show(), show(), ShowFigure::Release]);
    assert_eq!((counts, shown.shown()), (vec![0, 0, 0], Some(&picture())));
}
