//! Running a command of the binary and looking at what it says.

use std::process::{Command, Output};

use serde_json::Value;

/// Runs a command that must succeed.
///
/// # Panics
/// If it does not; the message holds what it said.
pub fn output(mut command: Command) -> Output {
    let output = command.output().expect("the binary can be run");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// As [`output`], for its effect alone.
///
/// # Panics
/// As [`output`].
pub fn done(command: Command) {
    drop(output(command));
}

/// The JSON that a command prints.
///
/// # Panics
/// As [`output`], and if it prints something else.
#[must_use]
pub fn json(command: Command) -> Value {
    serde_json::from_slice(&output(command).stdout).expect("it prints JSON")
}

/// The one line with which a command fails.
///
/// # Panics
/// If it does not fail, or says more.
#[must_use]
pub fn fails(mut command: Command) -> String {
    let output = command.output().expect("the binary can be run");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{command:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("hutong: "), "{stderr}");
    stderr
}
