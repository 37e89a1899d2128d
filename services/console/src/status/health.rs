//! How a region's chain is, seen from here.

use std::time::Duration;

use proto::exchange::v1::RegionState;

/// One word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    /// This node's own chain: all of it is with the hub.
    Own,
    /// This node's own chain: some of it still has to go out.
    Sending,
    /// Heard lately, with nothing missing.
    Prompt,
    /// Heard lately; something is still to be fetched or handed over.
    CatchingUp,
    /// Not heard for too long.
    Behind,
    /// Never heard.
    Never,
}

impl Health {
    pub(super) fn of(region: &RegionState, late_after: Duration) -> Self {
        if region.own {
            return if region.waiting > 0 {
                Self::Sending
            } else {
                Self::Own
            };
        }
        match u64::try_from(region.heartbeat_age_seconds) {
            Err(_) => Self::Never,
            Ok(age) if age > late_after.as_secs() => Self::Behind,
            Ok(_) if region.early > 0 || region.waiting > 0 => Self::CatchingUp,
            Ok(_) => Self::Prompt,
        }
    }

    /// Its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Own | Self::Prompt => "good",
            Self::Sending | Self::CatchingUp => "catching",
            Self::Behind => "behind",
            Self::Never => "never",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Own => "本节点",
            Self::Sending => "本节点，发送中",
            Self::Prompt => "同步",
            Self::CatchingUp => "补齐中",
            Self::Behind => "落后",
            Self::Never => "尚未听到",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(age: i64, waiting: u64, early: u64) -> Health {
        let region = RegionState {
            heartbeat_age_seconds: age,
            waiting,
            early,
            ..RegionState::default()
        };
        Health::of(&region, Duration::from_secs(20))
    }

    #[test]
    fn a_region_is_behind_when_it_has_been_silent_too_long() {
        assert_eq!(health(20, 0, 0), Health::Prompt);
        assert_eq!(health(21, 0, 0), Health::Behind);
        assert_eq!(health(-1, 0, 0), Health::Never);
        assert_eq!(health(3, 1, 0), Health::CatchingUp);
        assert_eq!(health(3, 0, 1), Health::CatchingUp);
        assert_eq!(health(300, 5, 1), Health::Behind);
    }
}
