use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::access::Caller;
use crate::config::ServerConfig;
use crate::error::ServiceError;
use crate::identity::Identity;

/// When to come again if all places are taken: nobody knows how long the others' calls take.
const SOON: Duration = Duration::from_millis(100);

/// What every partner may have, and what each has taken of it.
#[derive(Debug)]
pub struct Limits {
    at_once: usize,
    quota: Quota,
    /// By the certificate's name: there are no more than certificates.
    callers: Mutex<HashMap<Box<str>, Arc<Allowance>>>,
}

#[derive(Debug)]
struct Allowance {
    places: Arc<Semaphore>,
    rate: DefaultDirectRateLimiter,
}

impl Limits {
    /// The limits of a door.
    #[must_use]
    pub fn new(config: &ServerConfig) -> Self {
        let per_second = NonZeroU32::new(config.partner_calls_per_second).unwrap_or(NonZeroU32::MIN);
        Self::of(config.partner_calls_at_once, Quota::per_second(per_second))
    }

    pub(super) fn of(at_once: usize, quota: Quota) -> Self {
        Self { at_once, quota, callers: Mutex::default() }
    }

    /// Takes a place for a call of this caller, until it is dropped; nothing for one who is not limited.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED`, `TOO_MANY_CALLS_AT_ONCE` or `TOO_MANY_CALLS`, with the time after which to repeat the call.
    pub(super) fn admit(&self, caller: &Caller) -> Result<Option<OwnedSemaphorePermit>, ServiceError> {
        let owner = contract::department::owner().department;
        // One whom the contract does not know is limited as well: it will be refused, but may ask.
        if matches!(caller.identity(), Identity::Service(_)) || caller.department() == Some(owner) {
            return Ok(None);
        }
        let allowance = self.of_caller(caller.code());
        let place = Arc::clone(&allowance.places).try_acquire_owned().map_err(|_| {
            let message = format!("more than {} calls at once: wait for one of them to end", self.at_once);
            ServiceError::exhausted("TOO_MANY_CALLS_AT_ONCE", message).retry_after(SOON)
        })?;
        allowance.rate.check().map_err(|early| {
            let wait = early.wait_time_from(DefaultClock::default().now());
            let message = format!("more than {} calls a second: slow down", self.quota.burst_size());
            ServiceError::exhausted("TOO_MANY_CALLS", message).retry_after(wait)
        })?;
        Ok(Some(place))
    }

    fn of_caller(&self, code: &str) -> Arc<Allowance> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = callers.get(code) {
            return Arc::clone(known);
        }
        let new = Arc::new(Allowance {
            places: Arc::new(Semaphore::new(self.at_once)),
            rate: RateLimiter::direct(self.quota),
        });
        callers.insert(code.into(), Arc::clone(&new));
        new
    }
}
