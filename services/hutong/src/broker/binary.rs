use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::BrokerError;

/// The oldest nats-server that is taken: the security notes of 2026, and RESET of consumers.
pub(super) const OLDEST: Version = Version(2, 14, 3);

/// Where `make tools` puts one, looked for from the working directory upwards.
const UNPACKED: &str = ".tools/bin/nats-server";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(u32, u32, u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// The binary to run: the configured one, else the first that is new enough on `PATH` or under `.tools`.
pub(super) fn find(configured: Option<&Path>) -> Result<PathBuf, BrokerError> {
    if let Some(binary) = configured {
        let Some(version) = version(binary) else {
            return Err(BrokerError::NotNatsServer { binary: binary.to_owned() });
        };
        return accept(binary.to_owned(), version);
    }
    let mut refused = None;
    for binary in candidates() {
        let Some(version) = version(&binary) else {
            continue;
        };
        match accept(binary, version) {
            Ok(binary) => return Ok(binary),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or(BrokerError::NotFound))
}

fn accept(binary: PathBuf, version: Version) -> Result<PathBuf, BrokerError> {
    if version >= OLDEST { Ok(binary) } else { Err(BrokerError::TooOld { binary, version: version.to_string() }) }
}

fn candidates() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = env::split_paths(&path).map(|directory| directory.join("nats-server")).collect();
    let here = env::current_dir().unwrap_or_default();
    let unpacked: Vec<PathBuf> = here.ancestors().map(|directory| directory.join(UNPACKED)).collect();
    on_path.into_iter().chain(unpacked).filter(|file| file.is_file())
}

/// What a binary says of itself; nothing if it is no nats-server.
fn version(binary: &Path) -> Option<Version> {
    let output = Command::new(binary).arg("--version").stdin(Stdio::null()).output().ok()?;
    parse(std::str::from_utf8(&output.stdout).ok()?)
}

/// `nats-server: v2.15.1`, also with a suffix such as `-RC.2`.
pub(super) fn parse(text: &str) -> Option<Version> {
    let version = text.trim().strip_prefix("nats-server: v")?;
    let mut parts = version.split(['.', '-', '+']).map(|part| part.parse::<u32>().ok());
    Some(Version(parts.next()??, parts.next()??, parts.next()??))
}
