//! The sources of time, ids and randomness: the only place that touches the global ones.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use regulation::RequestId;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::config::ClockConfig;

/// The domain's time. Certificates, tokens and NATS stay on wall time whatever this says.
#[derive(Debug, Clone)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
    simulated: bool,
}

/// Farthest that a clock can be set from wall time, in milliseconds: a hundred years.
pub const OFFSET_MS_MAX: u64 = 100 * 366 * 24 * 60 * 60 * 1_000;

/// Why a clock is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// It keeps wall time.
    #[error("this node keeps wall time; only a simulated clock can be set")]
    NotSimulated,
    /// Beyond [`OFFSET_MS_MAX`]: there time itself could run out.
    #[error("a clock can't be set that far from wall time")]
    TooFar,
}

impl Clock {
    /// The clock that the configuration asks for.
    pub fn new(config: &ClockConfig) -> Self {
        let offset = if config.simulated {
            config.offset_ms
        } else {
            0
        };
        Self {
            offset_ms: Arc::new(AtomicI64::new(offset)),
            simulated: config.simulated,
        }
    }

    /// The domain's time, to the microsecond, which is what `PostgreSQL` keeps.
    pub fn now(&self) -> OffsetDateTime {
        let now = wall_now() + Duration::milliseconds(self.offset_ms());
        now.replace_nanosecond(now.microsecond() * 1_000)
            .unwrap_or(now)
    }

    /// Milliseconds ahead of the wall clock.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Sets the clock to this many milliseconds ahead of the wall clock.
    ///
    /// # Errors
    /// On a node that keeps wall time; when that is too far.
    pub fn set_offset_ms(&self, offset_ms: i64) -> Result<(), ClockError> {
        if !self.simulated {
            return Err(ClockError::NotSimulated);
        }
        if offset_ms.unsigned_abs() > OFFSET_MS_MAX {
            return Err(ClockError::TooFar);
        }
        self.offset_ms.store(offset_ms, Ordering::Relaxed);
        Ok(())
    }
}

/// Wall time: for tokens, certificates and metrics, never for the domain.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the source that others are handed"
)]
pub fn wall_now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// The source of new ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids;

impl Ids {
    /// A new id for an aggregate: sorts by time, which keeps indexes small.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the source that others are handed"
    )]
    pub fn next<T: From<Uuid>>(self) -> T {
        T::from(Uuid::now_v7())
    }

    /// A new id that tells nothing, not even when it was made: for messages and blind ids.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the source that others are handed"
    )]
    pub fn random<T: From<Uuid>>(self) -> T {
        T::from(Uuid::new_v4())
    }

    /// 32 random bytes: salts and seeds.
    pub fn bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(self.random::<Uuid>().as_bytes());
        bytes[16..].copy_from_slice(self.random::<Uuid>().as_bytes());
        bytes
    }

    /// A request id, for calls that this service makes itself.
    pub fn request(self) -> RequestId {
        self.random()
    }
}
