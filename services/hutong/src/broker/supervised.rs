use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

/// Why this process did not become another program.
#[derive(Debug, thiserror::Error)]
pub enum SupervisedError {
    /// Whoever started us has ended.
    #[error("the supervising process is gone")]
    ParentGone,
    /// The kernel cannot end us with our parent.
    #[error("cannot be bound to the supervising process")]
    Unbound(#[source] nix::Error),
    /// No command.
    #[error("no program was named")]
    NoProgram,
    /// The program cannot be run.
    #[error("cannot run {}", program.to_string_lossy())]
    Exec {
        /// The program.
        program: OsString,
        /// What the system said.
        source: io::Error,
    },
}

/// Turns this process into `command`, bound to its parent: when the thread that spawned us ends, the kernel kills us.
/// Returns only if that fails.
///
/// # Errors
/// [`SupervisedError`].
pub fn become_supervised(parent: i32, command: &[OsString]) -> Result<std::convert::Infallible, SupervisedError> {
    let (program, arguments) = command.split_first().ok_or(SupervisedError::NoProgram)?;
    set_pdeathsig(Signal::SIGKILL).map_err(SupervisedError::Unbound)?;
    // It may have died before the line above: then nobody would end us.
    if getppid().as_raw() != parent {
        return Err(SupervisedError::ParentGone);
    }
    let source = Command::new(program).args(arguments).exec();
    Err(SupervisedError::Exec { program: program.clone(), source })
}
