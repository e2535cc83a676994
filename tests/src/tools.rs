//! The programs that the suite runs: found on the machine, never mocked, and missed loudly.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest nats-server that is safe to run: security fixes of 2026.
const NATS_FLOOR: [u32; 3] = [2, 14, 3];

/// What is missing, and how to get it.
#[derive(Debug, thiserror::Error)]
pub enum MissingTool {
    /// No nats-server, or an old one.
    #[error(
        "the suite needs nats-server {}.{}.{} or later and found {found}. Run `make tools`, which puts it under .tools/, \
         or set HUTONG_NATS_SERVER to its path",
        NATS_FLOOR[0], NATS_FLOOR[1], NATS_FLOOR[2]
    )]
    NatsServer {
        /// What was found instead.
        found: String,
    },
    /// No PostgreSQL server.
    #[error(
        "the suite needs PostgreSQL's server (initdb, postgres) and found none on PATH nor under /usr/lib/postgresql. \
         Run `make tools`, or install your system's package `postgresql`, or set HUTONG_POSTGRES_BIN to its bin folder"
    )]
    Postgres,
    /// No OpenSSL.
    #[error("the suite asks OpenSSL for time-stamps and found none on PATH: install your system's package `openssl`")]
    OpenSsl,
    /// The binary under test is not built.
    #[error(
        "the suite runs the real binary and found none at {}. Run `make test`, or `cargo build -p hutong` with the same \
         profile", expected.display()
    )]
    Hutong {
        /// Where it is expected.
        expected: PathBuf,
    },
}

/// The repository's root.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A file under `tests/fixtures`.
#[must_use]
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// nats-server's path: `HUTONG_NATS_SERVER`, `PATH`, `.tools`; the first that is new enough.
///
/// # Errors
/// [`MissingTool::NatsServer`] says what was found instead.
pub fn nats_server() -> Result<PathBuf, MissingTool> {
    let named = std::env::var_os("HUTONG_NATS_SERVER").map(PathBuf::from);
    let tools = workspace().join(".tools");
    let candidates = named
        .into_iter()
        .chain(on_path("nats-server"))
        .chain([tools.join("nats-server"), tools.join("bin/nats-server")]);
    let mut found = "none".to_owned();
    for candidate in candidates.filter(|path| path.is_file()) {
        let version = version_of(&candidate);
        if version.is_some_and(|version| version >= NATS_FLOOR) {
            return Ok(candidate);
        }
        let version = version.map_or("an unknown version".to_owned(), |[a, b, c]| format!("{a}.{b}.{c}"));
        found = format!("{version} at {}", candidate.display());
    }
    Err(MissingTool::NatsServer { found })
}

/// The folder of `initdb`, `postgres` and `pgbench`: `HUTONG_POSTGRES_BIN`, `PATH`, then the newest under
/// `/usr/lib/postgresql`.
///
/// # Errors
/// [`MissingTool::Postgres`].
pub fn postgres() -> Result<PathBuf, MissingTool> {
    let named = std::env::var_os("HUTONG_POSTGRES_BIN").map(PathBuf::from);
    let on_path = on_path("initdb").filter_map(|initdb| Some(initdb.canonicalize().ok()?.parent()?.to_owned()));
    let mut installed: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    installed.sort_unstable_by(|one, other| other.cmp(one));
    named
        .into_iter()
        .chain(on_path)
        .chain(installed.into_iter().map(|(_, bin)| bin))
        .find(|bin| ["initdb", "postgres", "pg_isready"].iter().all(|program| bin.join(program).is_file()))
        .ok_or(MissingTool::Postgres)
}

/// OpenSSL's program, on `PATH`.
///
/// # Errors
/// [`MissingTool::OpenSsl`].
pub fn openssl() -> Result<PathBuf, MissingTool> {
    on_path("openssl").next().ok_or(MissingTool::OpenSsl)
}

/// The `hutong` binary of the profile under test: `HUTONG_BINARY`, else beside the running executable.
///
/// # Errors
/// [`MissingTool::Hutong`] names where it is expected.
pub fn hutong() -> Result<PathBuf, MissingTool> {
    if let Some(named) = std::env::var_os("HUTONG_BINARY") {
        let named = PathBuf::from(named);
        return if named.is_file() { Ok(named) } else { Err(MissingTool::Hutong { expected: named }) };
    }
    let executable = std::env::current_exe().expect("a process knows its own file");
    let folder = executable.parent().expect("a file has a folder");
    // Test executables lie in `deps`, below the profile's folder.
    let folder = if folder.ends_with("deps") { folder.parent().expect("deps has a parent") } else { folder };
    let expected = folder.join("hutong");
    if expected.is_file() { Ok(expected) } else { Err(MissingTool::Hutong { expected }) }
}

fn on_path(name: &str) -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found: Vec<_> =
        std::env::split_paths(&path).map(|folder| folder.join(name)).filter(|file| file.is_file()).collect();
    found.into_iter()
}

fn version_of(server: &Path) -> Option<[u32; 3]> {
    let output = Command::new(server).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut parts = text.trim().rsplit_once('v')?.1.split(['.', '-']).map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}
