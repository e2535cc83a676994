//! What our own nats-server refused to whom, as its log says it: there is no other place where it does.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use platform::identity::Identity;

/// Read at one look at most, bytes: who is refused all the time must not keep us from our work.
const LOOK: u64 = 1 << 20;

/// A client's operation that its permissions do not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Whose certificate it came with.
    pub caller: Identity,
    /// What it wanted.
    pub operation: Operation,
}

/// What a client can be refused. Of the subject, which is the client's own text, nothing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// To publish to a subject.
    Publish,
    /// To listen to one.
    Subscribe,
}

/// Reads the log as it grows.
#[derive(Debug)]
pub struct RefusalLog {
    file: PathBuf,
    trust_domain: String,
    position: u64,
    /// Of a line that has not come whole.
    rest: Vec<u8>,
}

impl RefusalLog {
    /// What comes after now.
    #[must_use]
    pub fn from_now_on(file: &Path, trust_domain: &str) -> Self {
        let position = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
        Self { file: file.to_owned(), trust_domain: trust_domain.to_owned(), position, rest: Vec::new() }
    }

    /// What was refused since the last look.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub fn look(&mut self) -> io::Result<Vec<Refusal>> {
        let mut file = match File::open(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            file => file?,
        };
        let length = file.metadata()?.len();
        if length < self.position {
            // It was begun anew.
            (self.position, self.rest) = (0, Vec::new());
        }
        if length == self.position {
            return Ok(Vec::new());
        }
        file.seek(SeekFrom::Start(self.position))?;
        let read = file.take(LOOK).read_to_end(&mut self.rest)?;
        self.position += read as u64;
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines: Vec<u8> = self.rest.drain(..whole).collect();
        let lines = String::from_utf8_lossy(&lines);
        Ok(lines.lines().filter_map(|line| parse(line, &self.trust_domain)).collect())
    }
}

/// `… - "<account>/user:<uri>" - Publish Violation - Subject "…"`. Before it stands the client's own name; neither a subject
/// nor a subscription's id can hold a space.
fn parse(line: &str, trust_domain: &str) -> Option<Refusal> {
    let named =
        [(" - Publish Violation - ", Operation::Publish), (" - Subscription Violation - ", Operation::Subscribe)];
    let (at, operation) =
        named.into_iter().filter_map(|(words, what)| Some((line.rfind(words)?, what))).max_by_key(|it| it.0)?;
    let user = line[..at].strip_suffix('"')?;
    let (_, user) = user.rsplit_once('"')?;
    let (_, uri) = user.split_once("/user:")?;
    Some(Refusal { caller: Identity::parse(uri, trust_domain).ok()?, operation })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const CITY: &str = "binzhou.hutong";

    fn line(name: &str, user: &str, refused: &str) -> String {
        format!(
            "[7] 2026/11/28 18:36:02.163846 [ERR] 127.0.0.1:42312 - cid:86 - \"v2.16.0:{name}\" - \"{user}\" - {refused}\n"
        )
    }

    fn education(operation: Operation) -> Refusal {
        Refusal { caller: Identity::Department { code: "EDU".to_owned() }, operation }
    }

    #[test]
    fn a_refusal_names_its_certificate_whatever_the_client_calls_itself() {
        let user = "MAILBOX_EDU/user:spiffe://binzhou.hutong/department/EDU";
        let publish = "Publish Violation - Subject \"$JS.API.STREAM.DELETE.EVT_REGISTRY\"";
        let subscribe = "Subscription Violation - Subject \"to.>\", SID 1";
        let false_name =
            "\\\" - \\\"MAILBOX_HC/user:spiffe://binzhou.hutong/department/HC\\\" - Publish Violation - Subject";
        for name in ["python3", false_name, "", "童"] {
            let parsed = |refused| parse(line(name, user, refused).trim_end(), CITY);
            assert_eq!(parsed(publish), Some(education(Operation::Publish)), "{name}");
            assert_eq!(parsed(subscribe), Some(education(Operation::Subscribe)), "{name}");
        }
        let tricky = "Publish Violation - Subject \"a.\"-\"MAILBOX_HC/user:spiffe://binzhou.hutong/department/HC\"";
        assert_eq!(parse(&line("x", user, tricky), CITY), Some(education(Operation::Publish)));
    }

    #[test]
    fn what_is_no_refusal_is_passed_over() {
        for text in [
            "",
            "[7] 2026/11/28 18:35:48.463933 [ERR] 127.0.0.1:48870 - cid:24 - TLS handshake error: EOF",
            " - Publish Violation - ",
            "\" - Publish Violation - Subject \"x\"",
            "\"A/user:spiffe://other.city/department/EDU\" - Publish Violation - Subject \"x\"",
            "\"A/user:EDU\" - Publish Violation - Subject \"x\"",
        ] {
            assert_eq!(parse(text, CITY), None, "{text}");
        }
    }

    #[test]
    fn the_log_is_followed_from_now_on_by_whole_lines_and_over_a_new_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nats-server.log");
        let refused = line("x", "A/user:spiffe://binzhou.hutong/department/EDU", "Publish Violation - Subject \"x\"");
        std::fs::write(&file, &refused).unwrap();
        let mut log = RefusalLog::from_now_on(&file, CITY);
        assert_eq!(log.look().unwrap(), []);
        let mut out = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
        let (head, tail) = refused.split_at(40);
        out.write_all(head.as_bytes()).unwrap();
        assert_eq!(log.look().unwrap(), []);
        out.write_all(tail.as_bytes()).unwrap();
        assert_eq!(log.look().unwrap(), [education(Operation::Publish)]);
        std::fs::write(&file, &refused[..20]).unwrap();
        assert_eq!(log.look().unwrap(), []);
        std::fs::write(&file, refused.repeat(2)).unwrap();
        assert_eq!(log.look().unwrap().len(), 2, "the line that was begun, and the next");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(log.look().unwrap(), []);
    }
}
