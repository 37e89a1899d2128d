//! Who follows when a member of a panel is struck for conflict, refuses or stays silent.

use std::collections::{BTreeMap, BTreeSet};

use regulation::Refusal;
use serde::{Deserialize, Serialize};

use crate::{
    DrawInput, ExpertKey, Limit, PANEL_LIMITS, Panel, Panels, ProposalKey,
    draw::members,
    pool::{Room, candidates},
};

/// One change of one panel, to be recorded as a fact and applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// The proposal.
    pub proposal: ProposalKey,
    /// Who is out.
    pub struck: BTreeSet<ExpertKey>,
    /// Who came in, in the order of the alternates; none when only alternates were struck.
    pub seated: Vec<ExpertKey>,
    /// The panel afterwards.
    pub panel: Panel,
}

/// A panel after some left it, whether or not all of them could be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The panel afterwards.
    pub panel: Panel,
    /// Seats for which there is nobody left.
    pub vacant: u32,
}

/// Why nobody can follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ReplaceRefused {
    /// The draw has no such proposal.
    #[error("no panel was drawn for {0}")]
    NoPanel(ProposalKey),
    /// Neither a member nor an alternate of that panel.
    #[error("{0} is neither on the panel nor an alternate")]
    NotNamed(ExpertKey),
    /// The alternates that are left do not fill the panel: a further draw is needed.
    #[error("{missing} seats stay empty; passed over: {passed_over:?}")]
    NoneLeft {
        /// Seats that stay empty.
        missing: u32,
        /// The alternates that could not follow, each with the limit against him.
        passed_over: BTreeMap<ExpertKey, Limit>,
    },
}

impl From<ReplaceRefused> for Refusal {
    fn from(refused: ReplaceRefused) -> Self {
        match refused {
            ReplaceRefused::NoPanel(proposal) => Self::new(
                PANEL_LIMITS,
                format!("{proposal}没有抽取专家组"),
                "请核对本次抽取的项目编号",
            ),
            ReplaceRefused::NotNamed(expert) => Self::new(
                PANEL_LIMITS,
                format!("{expert}不在该专家组及候补名单中"),
                "请核对专家编号，或刷新后重试",
            ),
            ReplaceRefused::NoneLeft {
                missing,
                passed_over,
            } => Self::new(
                PANEL_LIMITS,
                format!("候补专家不足，仍缺{missing}名"),
                "请为该项组织补充抽取",
            )
            .with("missing", missing)
            .with("passed_over", passed_over.len()),
        }
    }
}

impl Panels {
    /// The next by the same rule: the kept members stay, and the alternates follow in their order
    /// as far as conflicts, load, employers and regions allow. Changes nothing by itself.
    ///
    /// # Errors
    /// [`ReplaceRefused`]; with [`ReplaceRefused::NoneLeft`] a further draw is needed.
    pub fn replacement(
        &self,
        input: &DrawInput,
        proposal: &ProposalKey,
        struck: &[ExpertKey],
    ) -> Result<Replacement, ReplaceRefused> {
        let no_panel = || ReplaceRefused::NoPanel(proposal.clone());
        let mut panel = self.get(proposal).ok_or_else(no_panel)?.clone();
        let about = input.proposals().get(proposal).ok_or_else(no_panel)?;
        for key in struck {
            if !panel.experts.contains(key) && !panel.alternates.contains(key) {
                return Err(ReplaceRefused::NotNamed(key.clone()));
            }
        }
        let struck: BTreeSet<ExpertKey> = struck.iter().cloned().collect();
        panel.experts.retain(|key| !struck.contains(key));
        panel.alternates.retain(|key| !struck.contains(key));
        panel.struck.extend(struck.iter().cloned());

        let kept: Vec<_> = members(input, &panel).collect();
        let room = Room::seated(*input.limits(), about, kept);
        let seated = self.follow(input, room, &panel.alternates)?;
        panel.alternates.retain(|key| !seated.contains(key));
        panel.experts.extend(seated.iter().cloned());
        Ok(Replacement {
            proposal: proposal.clone(),
            struck,
            seated,
            panel,
        })
    }

    /// As [`Panels::replacement`]; where too few are left, whoever may follow does, and the seats
    /// that stay empty are counted.
    ///
    /// # Errors
    /// [`ReplaceRefused`] but for [`ReplaceRefused::NoneLeft`].
    pub fn succession(
        &self,
        input: &DrawInput,
        proposal: &ProposalKey,
        struck: &[ExpertKey],
    ) -> Result<Succession, ReplaceRefused> {
        let passed_over = match self.replacement(input, proposal, struck) {
            Ok(Replacement { panel, .. }) => return Ok(Succession { panel, vacant: 0 }),
            Err(ReplaceRefused::NoneLeft { passed_over, .. }) => passed_over,
            Err(refused) => return Err(refused),
        };
        let no_panel = || ReplaceRefused::NoPanel(proposal.clone());
        let mut panel = self.get(proposal).ok_or_else(no_panel)?.clone();
        let (stay, seated): (Vec<_>, Vec<_>) = std::mem::take(&mut panel.alternates)
            .into_iter()
            .filter(|key| !struck.contains(key))
            .partition(|key| passed_over.contains_key(key));
        panel.alternates = stay;
        panel.experts.retain(|key| !struck.contains(key));
        panel.experts.extend(seated);
        panel.struck.extend(struck.iter().cloned());
        let seats = u32::try_from(panel.experts.len()).unwrap_or(u32::MAX);
        let vacant = input.limits().panel_size.saturating_sub(seats);
        Ok(Succession { panel, vacant })
    }

    /// Fills a panel's free seats from its alternates, in their order.
    fn follow<'a>(
        &self,
        input: &'a DrawInput,
        mut room: Room<'a>,
        alternates: &'a [ExpertKey],
    ) -> Result<Vec<ExpertKey>, ReplaceRefused> {
        let limits = input.limits();
        let mut seated = Vec::new();
        let mut passed_over = BTreeMap::new();
        for expert in candidates(input, alternates) {
            if room.is_full() {
                break;
            }
            let spent = expert.load.saturating_add(self.load(&expert.key)) >= limits.max_load;
            let against = if spent {
                Some(Limit::Load)
            } else {
                room.against(expert)
            };
            if let Some(limit) = against {
                passed_over.insert(expert.key.clone(), limit);
            } else {
                room.seat(expert);
                seated.push(expert.key.clone());
            }
        }
        if room.is_full() {
            return Ok(seated);
        }
        let missing = limits.panel_size.saturating_sub(room.taken());
        Err(ReplaceRefused::NoneLeft {
            missing,
            passed_over,
        })
    }

    /// Puts a recorded replacement into force.
    pub fn apply(&mut self, replacement: &Replacement) {
        self.0
            .insert(replacement.proposal.clone(), replacement.panel.clone());
    }
}
