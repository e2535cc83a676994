use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Context;

use futures::task::AtomicWaker;
use rustls::pki_types::CertificateDer;

/// The connections that are open, so that the end of a drain, or the end of a certificate, can cut them.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenConnections(Arc<Mutex<Register>>);

#[derive(Debug, Default)]
struct Register {
    next: u64,
    open: HashMap<u64, (Arc<Cut>, Chain)>,
    closed: bool,
}

/// The certificates that a connection was opened with.
type Chain = Arc<[CertificateDer<'static>]>;

/// Told to a connection when it must end now.
#[derive(Debug, Default)]
struct Cut {
    told: AtomicBool,
    reader: AtomicWaker,
}

/// One connection's entry; it leaves the register when dropped.
#[derive(Debug)]
pub(super) struct Entry {
    number: u64,
    cut: Arc<Cut>,
    register: OpenConnections,
}

impl OpenConnections {
    pub(super) fn enter(&self, chain: Chain) -> Entry {
        let cut = Arc::new(Cut::default());
        let number = self.with(|register| {
            register.next += 1;
            register.open.insert(register.next, (Arc::clone(&cut), chain));
            cut.told.store(register.closed, Ordering::Release);
            register.next
        });
        Entry { number, cut, register: self.clone() }
    }

    /// Cuts all that are open, and all that come later. Gives their number.
    pub(super) fn cut_all(&self) -> usize {
        self.with(|register| register.closed = true);
        self.cut_where(|_| true)
    }

    /// Cuts those whose certificates are such. Gives their number.
    pub(super) fn cut_where(&self, such: impl Fn(&[CertificateDer<'static>]) -> bool) -> usize {
        let open: Vec<_> = self.with(|register| register.open.values().cloned().collect());
        let mut cut = 0;
        for (connection, _) in open.iter().filter(|(_, chain)| such(chain)) {
            connection.told.store(true, Ordering::Release);
            connection.reader.wake();
            cut += 1;
        }
        cut
    }

    fn with<T>(&self, change: impl FnOnce(&mut Register) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Entry {
    /// Whether the connection has been cut. The reading task is woken when it is.
    pub(super) fn is_cut(&self, cx: &Context<'_>) -> bool {
        self.cut.reader.register(cx.waker());
        self.cut.told.load(Ordering::Acquire)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.register.with(|register| register.open.remove(&self.number));
    }
}
