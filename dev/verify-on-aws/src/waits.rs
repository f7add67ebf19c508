//! Waiting for AWS, up to a bound or Ctrl-C.

use std::{io, time::Duration};

use tokio::{
    select,
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::{Instant, sleep},
};

use crate::error::VerifyError;

/// The first pause between two polls; each further one doubles, up to the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// Waits that end early when the person at the terminal wants it.
///
/// The SDK's waiters poll every 30 s, do not say why a stack failed, and ignore Ctrl-C.
#[derive(Clone, Debug)]
pub(crate) struct Waits {
    interrupts: watch::Receiver<u32>,
    /// So many interrupts are known already.
    tolerated: u32,
}

impl Waits {
    /// Counts Ctrl-C, SIGTERM and a terminal that is closed from now on.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub(crate) fn listen() -> io::Result<Self> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let (sender, interrupts) = watch::channel(0);
        tokio::spawn(async move {
            loop {
                select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                    _ = hang_up.recv() => {}
                }
                sender.send_modify(|count| *count += 1);
            }
        });
        Ok(Self {
            interrupts,
            tolerated: 0,
        })
    }

    /// The same waits for the clean-up: what interrupted before does not interrupt it.
    pub(crate) fn anew(&self) -> Self {
        Self {
            interrupts: self.interrupts.clone(),
            tolerated: *self.interrupts.borrow(),
        }
    }

    /// Fails if the person at the terminal wants an end.
    pub(crate) fn go_on(&self) -> Result<(), VerifyError> {
        if *self.interrupts.borrow() > self.tolerated {
            return Err(VerifyError::Interrupted);
        }
        Ok(())
    }

    /// Polls until there is an answer. A call is never cut off: what it creates
    /// would be missed by the clean-up.
    ///
    /// # Errors
    /// [`VerifyError::TooLong`] after `at_most`, [`VerifyError::Interrupted`], or what a poll
    /// fails with, except for errors that a later call may not meet.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        at_most: Duration,
        mut poll: impl AsyncFnMut() -> Result<Option<T>, VerifyError>,
    ) -> Result<T, VerifyError> {
        let begin = Instant::now();
        let mut pause = SHORTEST_PAUSE;
        loop {
            self.go_on()?;
            match poll().await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(VerifyError::Aws(error)) if error.is_passing() => {}
                Err(error) => return Err(error),
            }
            if begin.elapsed() > at_most {
                let what = what.to_owned();
                return Err(VerifyError::TooLong { what, at_most });
            }
            let mut interrupts = self.interrupts.clone();
            select! {
                () = sleep(pause) => {}
                _ = interrupts.wait_for(|count| *count > self.tolerated) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(interrupts: u32, tolerated: u32) -> Waits {
        // The receiver keeps the last count when the sender is gone.
        let (_, receiver) = watch::channel(interrupts);
        Waits {
            interrupts: receiver,
            tolerated,
        }
    }

    async fn found() -> Result<Option<()>, VerifyError> {
        Ok(Some(()))
    }

    async fn not_found() -> Result<Option<()>, VerifyError> {
        Ok(None)
    }

    #[tokio::test]
    async fn an_interrupt_ends_the_checks_and_not_the_clean_up() {
        let interrupted = waits(1, 0);
        let ended = interrupted.until("it", Duration::ZERO, found).await;
        assert!(matches!(ended, Err(VerifyError::Interrupted)), "{ended:?}");
        let clean_up = interrupted.anew();
        assert!(clean_up.until("it", Duration::ZERO, found).await.is_ok());
    }

    #[tokio::test]
    async fn what_does_not_come_is_named_with_its_bound() {
        let late = waits(0, 0)
            .until("the tick", Duration::ZERO, not_found)
            .await;
        let late = late.unwrap_err().to_string();
        assert_eq!(late, "the tick took longer than 0 s");
    }
}
