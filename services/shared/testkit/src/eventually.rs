//! Bounded waiting for something that has to become true.

use std::time::{Duration, Instant};

use anyhow::bail;

/// Longest pause between two looks.
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// Looks until `condition` gives something, and returns it.
///
/// # Errors
/// When it gave nothing for `timeout`; the message says `what` was awaited.
pub async fn eventually<T>(
    timeout: Duration,
    mut condition: impl AsyncFnMut() -> Option<T>,
    what: &str,
) -> anyhow::Result<T> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    let mut looks = 0_u32;
    loop {
        looks += 1;
        let left = timeout.saturating_sub(start.elapsed());
        // A look that hangs counts as one that found nothing.
        if let Ok(Some(found)) =
            tokio::time::timeout(left.max(Duration::from_millis(1)), condition()).await
        {
            return Ok(found);
        }
        if start.elapsed() >= timeout {
            bail!("not within {timeout:?} ({looks} looks): {what}");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_for_what_becomes_true() {
        let mut looks = 0;
        let found = eventually(
            Duration::from_secs(5),
            async || {
                looks += 1;
                (looks == 3).then_some("there")
            },
            "the third look",
        );
        assert_eq!(found.await.unwrap(), "there");
    }

    #[tokio::test]
    async fn says_what_never_came() {
        let never = eventually::<()>(Duration::from_millis(20), std::future::pending, "Godot");
        let message = never.await.unwrap_err().to_string();
        assert!(message.contains("Godot"), "{message}");
    }
}
