use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

/// Pauses before the next start: doubled while it keeps dying at once.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Who ran so long is started again without delay.
const RAN_WELL: Duration = Duration::from_secs(10);

/// What to run.
pub(super) struct Program {
    /// Our own executable, for `hutong supervised`.
    pub(super) hutong: PathBuf,
    /// The program and its arguments.
    pub(super) command: Vec<OsString>,
    /// Set in its environment.
    pub(super) environment: Vec<(&'static str, String)>,
    /// Where its standard output and error go.
    pub(super) output: PathBuf,
}

/// A program that is kept running until it is told to stop.
pub(super) struct Child {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What signals a program that another keeps running.
#[derive(Clone)]
pub(super) struct Handle(Arc<Shared>);

impl Handle {
    /// Asks it to read its configuration again, unless it is down: then it reads it when it starts.
    pub(super) fn hang_up(&self) {
        self.0.lock().signal(Signal::SIGHUP);
    }

    /// The process id while it runs, and how often it has ended by itself.
    pub(super) fn life(&self) -> (Option<i32>, u32) {
        let state = self.0.lock();
        (state.pid.map(Pid::as_raw), state.exits)
    }
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    pid: Option<Pid>,
    stopping: bool,
    exits: u32,
}

impl Child {
    /// Spawns the program on a thread of its own.
    pub(super) fn start(program: Program) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        let thread =
            std::thread::Builder::new().name("nats-server".into()).spawn(move || watched.keep_running(&program))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// What signals it.
    pub(super) fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.shared))
    }

    /// The process id while it runs.
    pub(super) fn pid(&self) -> Option<i32> {
        self.shared.lock().pid.map(Pid::as_raw)
    }

    /// How often it has ended by itself.
    pub(super) fn exits(&self) -> u32 {
        self.shared.lock().exits
    }

    /// Asks it to end, and kills it if it has not within `grace`. Blocks.
    pub(super) fn stop(&mut self, grace: Duration) {
        self.shared.ask_to_stop(Signal::SIGTERM);
        let mut state = self.shared.lock();
        let deadline = Instant::now() + grace;
        while state.pid.is_some() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                tracing::warn!("nats-server did not end in time: killed");
                state.signal(Signal::SIGKILL);
                break;
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        if let Some(thread) = self.thread.take() {
            // It ends when the process has: a panic in it is in the log.
            drop(thread.join());
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.shared.ask_to_stop(Signal::SIGTERM);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask_to_stop(&self, signal: Signal) {
        let mut state = self.lock();
        state.stopping = true;
        state.signal(signal);
        self.changed.notify_all();
    }

    fn keep_running(&self, program: &Program) {
        let mut pause = FIRST_PAUSE;
        loop {
            let started = Instant::now();
            if let Err(error) = self.run_once(program) {
                tracing::error!(%error, "cannot run nats-server");
            }
            if started.elapsed() > RAN_WELL {
                pause = FIRST_PAUSE;
            }
            if self.pause_unless_stopping(pause) {
                return;
            }
            tracing::warn!("nats-server ended: starting it again");
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// From spawn to end.
    fn run_once(&self, program: &Program) -> io::Result<()> {
        let mut child = {
            let mut state = self.lock();
            if state.stopping {
                return Ok(());
            }
            let spawned = program.spawn().inspect_err(|_| state.exits += 1)?;
            state.pid = Some(Pid::from_raw(i32::try_from(spawned.id()).expect("process ids fit in pid_t")));
            spawned
        };
        let pid = self.lock().pid.expect("set above, cleared below");
        // The zombie is left until the id is cleared: a signal can then never reach another process of the same id.
        while waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT)
            .is_err_and(|error| error == nix::Error::EINTR)
        {}
        let mut state = self.lock();
        state.pid = None;
        state.exits += u32::from(!state.stopping);
        let status = child.wait();
        self.changed.notify_all();
        drop(state);
        status.map(|status| tracing::info!(%status, "nats-server has ended"))
    }

    /// Whether it should end.
    fn pause_unless_stopping(&self, pause: Duration) -> bool {
        let state = self.lock();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, pause, |state| !state.stopping)
            .unwrap_or_else(PoisonError::into_inner);
        state.stopping
    }
}

impl State {
    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid {
            // It cannot be another's id, see run_once; if it is a zombie already, there is nothing to end.
            let _ = kill(pid, signal);
        }
    }
}

impl Program {
    fn spawn(&self) -> io::Result<std::process::Child> {
        let output: File = OpenOptions::new().create(true).append(true).open(&self.output)?;
        Command::new(&self.hutong)
            .arg("supervised")
            .arg("--parent")
            .arg(std::process::id().to_string())
            .arg("--")
            .args(&self.command)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            // Ctrl-C is for us: the server must stay while we drain.
            .process_group(0)
            .spawn()
    }
}
