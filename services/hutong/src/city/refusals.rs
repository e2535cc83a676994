use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::audit::v1::Decision;
use kernel::{CallId, Clock};
use platform::audit::{Call, Entry, Recorder};
use platform::watched::LOOK;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::broker::{Operation, Refusal, RefusalLog};

/// The stable reason of a refusal by the broker.
const REASON: &str = "NATS_PERMISSION";

/// Brings what our own nats-server refused into the audit of the exchange, whose door it is, until the shutdown.
pub(super) async fn record(
    mut log: RefusalLog,
    audit: Arc<dyn Recorder>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut readable = true;
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        let refusals = match log.look() {
            Ok(refusals) => refusals,
            Err(error) => {
                if std::mem::take(&mut readable) {
                    tracing::error!(alarm = "REFUSALS_NOT_RECORDED", %error, "the broker's log cannot be read");
                }
                continue;
            }
        };
        readable = true;
        // Who tries again and again has one entry a look, with how often.
        let mut times: BTreeMap<(String, Operation), u64> = BTreeMap::new();
        for Refusal { caller, operation } in refusals {
            *times.entry((caller.code().to_owned(), operation)).or_default() += 1;
        }
        let entries = times.into_iter().map(|((caller, operation), times)| entry(caller, operation, times, &*clock));
        let handed_in: Vec<_> = entries.map(|entry| audit.record(entry)).collect();
        for recorded in handed_in {
            if let Err(error) = recorded.await {
                tracing::error!(alarm = "REFUSALS_NOT_RECORDED", reason = error.reason, "a refusal was not recorded");
            }
        }
    }
}

fn entry(caller: String, operation: Operation, times: u64, clock: &dyn Clock) -> Entry {
    let call = Call {
        id: CallId::generate(clock).as_uuid(),
        at: clock.now(),
        caller,
        actor: String::new(),
        method: match operation {
            Operation::Publish => "nats publish",
            Operation::Subscribe => "nats subscribe",
        },
        purpose: "",
        trace: String::new(),
    };
    Entry {
        call: Arc::new(call),
        decision: Decision::Refused,
        reason: REASON.to_owned(),
        fields: BTreeSet::new(),
        children: BTreeSet::new(),
        calls: times,
    }
}
