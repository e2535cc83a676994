//! Servers that end with the process that started them, however that ends.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A child process under a small shell that waits on our pipe: if this process ends, by a panic or a signal too, the pipe
/// closes, the shell ends the child and removes `folder`.
#[derive(Debug)]
pub struct Kept {
    shell: Child,
}

/// Asked to end, then killed. Not by SIGINT: a shell's background children ignore it.
const SCRIPT: &str = r#"
folder=$1; shift
"$@" </dev/null & child=$!
cat >/dev/null
kill -TERM "$child" 2>/dev/null
tries=0
while kill -0 "$child" 2>/dev/null && [ "$tries" -lt 50 ]; do
  tries=$((tries + 1)); sleep 0.1
done
kill -KILL "$child" 2>/dev/null
wait "$child"
[ -z "$folder" ] || rm -rf "$folder"
"#;

impl Kept {
    /// Starts `command`, whose standard error and output go to `log`.
    ///
    /// # Errors
    /// If the shell or the log file cannot be had.
    pub fn spawn<S: AsRef<OsStr>>(
        command: impl IntoIterator<Item = S>,
        folder: Option<&Path>,
        log: &Path,
        user: Option<User>,
    ) -> io::Result<Self> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
        let mut shell = Command::new("sh");
        shell
            .args(["-c", SCRIPT, "keeper"])
            .arg(folder.unwrap_or(Path::new("")))
            .args(command)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log);
        if let Some(user) = user {
            user.run_as(&mut shell);
        }
        shell.spawn().map(|shell| Self { shell })
    }

    /// Whether the shell still waits.
    pub fn is_running(&mut self) -> bool {
        matches!(self.shell.try_wait(), Ok(None))
    }

    /// Ends the child now and waits for it.
    pub fn end(&mut self) {
        drop(self.shell.stdin.take());
        // An error means that it was waited for already.
        let _ = self.shell.wait();
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.end();
    }
}

/// A user of this machine, for programs that refuse to run as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

impl User {
    /// `postgres`, else `nobody`, if we are root; nobody at all if not.
    #[must_use]
    pub fn instead_of_root() -> Option<Self> {
        if !is_root() {
            return None;
        }
        let users = std::fs::read_to_string("/etc/passwd").expect("root can read /etc/passwd");
        ["postgres", "nobody"].into_iter().find_map(|wanted| {
            let line = users.lines().find(|line| line.split(':').next() == Some(wanted))?;
            let mut fields = line.split(':').skip(2);
            Some(Self { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
        })
    }

    /// Makes `command` run as this user.
    pub fn run_as(self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        command.uid(self.uid).gid(self.gid).current_dir("/");
    }
}

/// Whether this process runs as root.
#[must_use]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
