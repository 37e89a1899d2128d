//! A draw done again from its record.

use panel::{DrawRecord, RecordFault};
use regulation::Region;

/// A member's part in the randomness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSeed {
    /// The member.
    pub region: Region,
    /// What it committed to before the pool was frozen, hex.
    pub commitment: String,
    /// What it opened afterwards, hex; none where it went on without.
    pub seed: Option<String>,
}

/// A panel as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    /// Of which proposal, by pseudonym.
    pub proposal: String,
    /// Who sits on it, by pseudonym.
    pub experts: Vec<String>,
    /// How many alternates are left.
    pub alternates: usize,
    /// How many of those named are out.
    pub out: usize,
}

/// What came of doing it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// Which draw.
    pub draw: String,
    /// Digest of what was frozen, hex.
    pub input: String,
    /// What all members' seeds come to, hex.
    pub combined: String,
    /// The members' seeds.
    pub seeds: Vec<MemberSeed>,
    /// Experts who could be drawn.
    pub candidates: usize,
    /// Pairs that must not meet.
    pub conflicts: usize,
    /// Experts on a panel, and alternates for it.
    pub sizes: (u32, u32),
    /// Steps by which somebody followed somebody.
    pub followed: usize,
    /// The panels as they stand.
    pub panels: Vec<Seats>,
    /// What does not hold, in Chinese; none when it came out the same.
    pub fault: Option<String>,
}

/// Reads a record and draws again; none for what is no record.
pub fn again(record: &str) -> Option<Again> {
    let record: DrawRecord = serde_json::from_str(record).ok()?;
    let (panels, fault) = match record.verify() {
        Ok(panels) => (panels, None),
        Err(fault) => (record.draw.panels.clone(), Some(in_words(&fault))),
    };
    let limits = record.input.limits();
    let randomness = &record.randomness;
    let seeds = randomness
        .commitments()
        .iter()
        .map(|(region, commitment)| MemberSeed {
            region: *region,
            commitment: commitment.to_hex(),
            seed: randomness.seeds().get(region).map(panel::Seed::to_hex),
        });
    let seats = panels.0.iter().map(|(proposal, panel)| Seats {
        proposal: proposal.to_string(),
        experts: panel.experts.iter().map(ToString::to_string).collect(),
        alternates: panel.alternates.len(),
        out: panel.struck.len(),
    });
    Some(Again {
        draw: record.input.draw_id().to_string(),
        input: record.input.digest().to_hex(),
        combined: record.draw.seed.to_hex(),
        seeds: seeds.collect(),
        candidates: record.input.candidates().len(),
        conflicts: record.input.conflicts().len(),
        sizes: (limits.panel_size, limits.alternates),
        followed: record.followed.len(),
        panels: seats.collect(),
        fault,
    })
}

fn in_words(fault: &RecordFault) -> String {
    match fault {
        RecordFault::Seeds(_) => "公开的种子与事先的承诺不符。".to_owned(),
        RecordFault::OtherInput => "种子是为另一次抽取或另一份名单承诺的。".to_owned(),
        RecordFault::Draw(_) => "按名单和种子重新抽取，得到的结果不同。".to_owned(),
        RecordFault::Followed(step) => format!("第 {} 次递补不符合规则。", step + 1),
    }
}
