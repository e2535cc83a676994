//! Every test has an end. One that waits for something that never comes fails by its name, and does not hold up the suite.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Far longer than the slowest test takes on a slow, busy machine.
const LONGEST: Duration = Duration::from_mins(10);

/// Runs a test's body on a runtime of its own.
///
/// # Panics
/// As the body, or if it is not at its end within [`LONGEST`].
pub fn bounded<T: Future<Output = ()>>(body: impl FnOnce() -> T + Send + 'static) {
    let (end, ended) = channel();
    let run = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("the system gives a runtime its descriptors").block_on(body());
        // Nobody listens any more where it comes too late.
        let _ = end.send(());
    };
    let name = thread::current().name().unwrap_or("test").to_owned();
    let test = thread::Builder::new().name(name).spawn(run).expect("the system gives a thread");
    match ended.recv_timeout(LONGEST) {
        Ok(()) => {}
        Err(RecvTimeoutError::Disconnected) => {
            if let Err(panic) = test.join() {
                resume_unwind(panic);
            }
        }
        Err(RecvTimeoutError::Timeout) => {
            panic!("not at its end after {} s: it waits for something that never comes", LONGEST.as_secs());
        }
    }
}

/// Makes a test of each `async fn name()`: `bounded::name`.
#[macro_export]
macro_rules! bounded {
    ($($name:ident),+ $(,)?) => {
        mod bounded {
            $(
                #[test]
                fn $name() {
                    $crate::bounded(super::$name);
                }
            )+
        }
    };
}
