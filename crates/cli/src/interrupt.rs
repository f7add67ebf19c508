//! Ctrl-C while something is under way: it is heard, so that what is half done can be undone.

use std::{
    fmt,
    future::{Future, poll_fn},
    io,
    pin::Pin,
    task::Poll,
};

use tokio::{select, signal::ctrl_c, task::yield_now};

/// Ctrl-C was pressed; what is left is said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted: {left}")]
pub(crate) struct Interrupted {
    left: String,
}

impl Interrupted {
    pub(crate) fn leaving(left: impl Into<String>) -> Self {
        Self { left: left.into() }
    }
}

/// Hears Ctrl-C from when it is made. From then on Ctrl-C alone no longer ends the program.
pub(crate) struct Interrupt {
    pressed: Pin<Box<dyn Future<Output = io::Result<()>>>>,
    is_pressed: bool,
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt")
            .field("is_pressed", &self.is_pressed)
            .finish_non_exhaustive()
    }
}

impl Interrupt {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system lets nobody listen.
    pub(crate) async fn listen() -> io::Result<Self> {
        let mut pressed: Pin<Box<dyn Future<Output = io::Result<()>>>> = Box::pin(ctrl_c());
        // The first poll registers the handler.
        let first = poll_fn(|context| Poll::Ready(pressed.as_mut().poll(context))).await;
        let is_pressed = match first {
            Poll::Ready(heard) => heard.map(|()| true)?,
            Poll::Pending => false,
        };
        Ok(Self {
            pressed,
            is_pressed,
        })
    }

    /// Whether Ctrl-C was pressed so far.
    pub(crate) async fn is_pressed(&mut self) -> bool {
        self.or(yield_now()).await.is_none()
    }

    /// Does the work, unless Ctrl-C is pressed before or meanwhile: then `None`.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        if self.is_pressed {
            return None;
        }
        select! {
            biased;
            _ = &mut self.pressed => {
                self.is_pressed = true;
                None
            }
            done = work => Some(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn work_is_done_until_ctrl_c_is_heard_and_none_is_begun_afterwards() {
        let mut interrupt = Interrupt {
            pressed: Box::pin(std::future::pending()),
            is_pressed: false,
        };
        assert_eq!(interrupt.or(ready(1)).await, Some(1));
        assert!(!interrupt.is_pressed().await);
        interrupt.pressed = Box::pin(ready(Ok(())));
        assert_eq!(interrupt.or(ready(1)).await, None);
        assert_eq!(interrupt.or(ready(1)).await, None);
        assert!(interrupt.is_pressed().await);
    }
}
