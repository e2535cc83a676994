//! The end of the process: the first SIGINT or SIGTERM asks everything to stop, a second one ends it at once.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

/// Asked once, heard by all who hold it.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    token: CancellationToken,
}

/// What a process that was told twice answers: 128 and SIGINT.
const TOLD_TWICE: i32 = 130;

impl Shutdown {
    /// A shutdown that only [`Shutdown::trigger`] starts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A shutdown that the process's signals start too.
    ///
    /// # Errors
    /// If the system refuses the signal handlers.
    pub fn on_signals() -> io::Result<Self> {
        let shutdown = Self::new();
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let trigger = shutdown.clone();
        tokio::spawn(async move {
            let mut next = async || {
                tokio::select! {
                    _ = interrupt.recv() => "SIGINT",
                    _ = terminate.recv() => "SIGTERM",
                }
            };
            let signal = next().await;
            tracing::info!(signal, "stopping; once more ends at once");
            trigger.trigger();
            next().await;
            std::process::exit(TOLD_TWICE);
        });
        Ok(shutdown)
    }

    /// Starts the shutdown. Again does nothing.
    pub fn trigger(&self) {
        self.token.cancel();
    }

    /// Ends when the shutdown has been started.
    pub fn requested(&self) -> WaitForCancellationFuture<'_> {
        self.token.cancelled()
    }

    /// Whether it has been started.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.token.is_cancelled()
    }

    /// The token beneath, for tasks that want children of it.
    #[must_use]
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }
}
