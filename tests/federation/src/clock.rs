//! The domain's clock, moved on every process at once.

use std::{str::FromStr, sync::atomic::Ordering};

use anyhow::{Context as _, bail};
use futures::future::try_join_all;
use proto::node::v1::{SetClockRequest, admin_service_client::AdminServiceClient};
use regulation::Role;
use time::{
    Date, Duration, OffsetDateTime, PrimitiveDateTime, Time,
    format_description::well_known::Rfc3339,
    macros::{format_description, offset},
};

use crate::{Federation, Persona, boot::offset_ms, calls};

/// Where to move the clock: so far ahead of where it stands, or to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockMove {
    /// So far ahead.
    By(Duration),
    /// To this moment.
    To(OffsetDateTime),
}

impl FromStr for ClockMove {
    type Err = anyhow::Error;

    /// Reads `+30d`, `+12h`, `+5m`, `2024-10-01` (the beginning of the day in Shanghai) or a time
    /// as in RFC 3339.
    fn from_str(text: &str) -> anyhow::Result<Self> {
        if let Some(by) = text.strip_prefix('+') {
            let unit = by.chars().last().context("how far?")?;
            let number: i64 = by.trim_end_matches(unit).parse().context("not a number")?;
            return Ok(Self::By(match unit {
                'd' => Duration::days(number),
                'h' => Duration::hours(number),
                'm' => Duration::minutes(number),
                _ => bail!("not a unit (d, h or m): {unit}"),
            }));
        }
        if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
            return Ok(Self::To(at));
        }
        let day = Date::parse(text, format_description!("[year]-[month]-[day]"))
            .context("neither +30d, +12h, +5m, nor a day, nor a time (RFC 3339)")?;
        let begin = PrimitiveDateTime::new(day, Time::MIDNIGHT);
        Ok(Self::To(begin.assume_offset(offset!(+8))))
    }
}

impl Federation {
    /// The domain's time.
    pub fn now(&self) -> OffsetDateTime {
        chassis::clock::wall_now() + Duration::milliseconds(self.offset_ms())
    }

    fn offset_ms(&self) -> i64 {
        self.clock_offset_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock forward by whole days.
    ///
    /// # Errors
    /// As for [`Federation::set_clock`].
    pub async fn advance(&self, days: u16) -> anyhow::Result<()> {
        self.move_clock(ClockMove::By(Duration::days(days.into())))
            .await
    }

    /// Moves the clock.
    ///
    /// # Errors
    /// As for [`Federation::set_clock`].
    pub async fn move_clock(&self, to: ClockMove) -> anyhow::Result<()> {
        let offset_ms = match to {
            ClockMove::By(by) => self.offset_ms() + i64::try_from(by.whole_milliseconds())?,
            ClockMove::To(at) => offset_ms(at)?,
        };
        self.set_clock(offset_ms).await
    }

    /// Sets the clock of all processes to so many milliseconds ahead of the wall clock. Those that
    /// do not run know it at their next start.
    ///
    /// # Errors
    /// When a process that runs does not take it; others may have.
    pub async fn set_clock(&self, offset_ms: i64) -> anyhow::Result<()> {
        self.clock_offset_ms.store(offset_ms, Ordering::Relaxed);
        let all = self.nodes.values().flat_map(|node| {
            node.services.iter().map(async |(name, service)| {
                let mut run = service.run.lock().await;
                run.config.set_clock(offset_ms);
                run.config.write(&node.plan.config(name))?;
                if !service.plan.part.database || !run.process.running() {
                    return Ok(());
                }
                let operator = self.token(&Persona::new(node.region(), Role::Operator))?;
                let request = calls::bearing(&operator, SetClockRequest { offset_ms })?;
                let mut client = AdminServiceClient::new(service.channel.clone());
                let set = client.set_clock(request).await;
                set.with_context(|| format!("{name} of {}", node.region()))?;
                anyhow::Ok(())
            })
        });
        try_join_all(all)
            .await
            .context("setting the clock")
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_move_of_the_clock_is_read() {
        for (text, moved) in [
            ("+30d", ClockMove::By(Duration::days(30))),
            ("+5m", ClockMove::By(Duration::minutes(5))),
            ("2024-10-01", ClockMove::To(datetime!(2024-10-01 0:00 +8))),
            (
                "2024-09-02T01:00:00Z",
                ClockMove::To(datetime!(2024-09-02 1:00 UTC)),
            ),
        ] {
            assert_eq!(text.parse::<ClockMove>().unwrap(), moved);
        }
        for bad in ["", "+", "+d", "+3", "+3w", "30d", "tomorrow"] {
            assert!(bad.parse::<ClockMove>().is_err(), "{bad}");
        }
    }
}
