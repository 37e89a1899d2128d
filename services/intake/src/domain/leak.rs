//! Looks for what would give the demander away in the texts of a record that is to be published.
//! [Art. 10]

use std::fmt;

use anonymity::{Known, Place, places};

use crate::record::{Record, Task};

/// A place of a record that gives the demander away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The record's field, such as `tasks[0].content`.
    pub field: String,
    /// Where in its text.
    pub place: Place,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.place)
    }
}

/// Every place of the record's published texts that gives the demander away.
pub fn leaks(record: &Record, captions: &[(String, &str)], known: &Known) -> Vec<Leak> {
    let mut texts = vec![
        ("title".to_owned(), record.title.as_str()),
        ("mission".to_owned(), record.mission.as_str()),
    ];
    for (at, task) in record.tasks.iter().enumerate() {
        texts.extend(texts_of(at, task));
    }
    for (at, milestone) in record.milestones.iter().enumerate() {
        texts.push((format!("milestones[{at}]"), milestone.as_str()));
    }
    texts.extend(captions.iter().cloned());
    found_in(texts, known)
}

/// The same of one task that is to take its place in a published record.
pub fn leaks_of_task(record: &Record, task: &Task, known: &Known) -> Vec<Leak> {
    let at = record.tasks.iter().position(|other| other.id == task.id);
    found_in(texts_of(at.unwrap_or_default(), task).into(), known)
}

fn texts_of(at: usize, task: &Task) -> [(String, &str); 3] {
    [
        (format!("tasks[{at}].title"), task.title.as_str()),
        (format!("tasks[{at}].content"), task.content.as_str()),
        (format!("tasks[{at}].indicators"), task.indicators.as_str()),
    ]
}

fn found_in(texts: Vec<(String, &str)>, known: &Known) -> Vec<Leak> {
    let mut found = Vec::new();
    for (field, text) in texts {
        let places = places(text, known).into_iter();
        found.extend(places.map(|place| Leak {
            field: field.clone(),
            place,
        }));
    }
    found
}
