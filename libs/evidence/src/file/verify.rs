mod checkpoints;

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _};
use std::str;

use kernel::Instant;
use ring::digest::{Context, SHA256};
use uuid::Uuid;

use super::line::{Bytes, End, Head, Line, Place, SentMessage, VERSION_WITH_AUDIT, Withheld};
use super::stamps::Stamps;
use super::write::encode;
use super::{Fault, Report, Wrong};
use crate::checkpoint::Checkpoint;
use crate::hash::{Content, Fact, Hash, Message, ZERO_HASH};
use crate::key::PublicKey;
use crate::time_stamp::Authority;
use crate::tree::check_inclusion;

/// The longest line: a message of a mailbox has a megabyte at most.
const LONGEST: u64 = 8 << 20;
/// Faults that are listed.
const MOST_FAULTS: usize = 100;
/// The service that signs messages.
const EXCHANGE: &str = "exchange";

/// Whom the reader of a file trusts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// A city's public keys. If there are none, a file is checked under those that it names, which proves that it is whole but
    /// not whose it is.
    pub keys: &'a [PublicKey],
    /// Whose time-stamps count. If there is nobody, they prove nothing, but none was put in or changed.
    pub authority: Option<&'a Authority>,
}

/// Checks a file. `progress` hears the number of each line.
///
/// # Errors
/// If the file cannot be read. What is wrong with what was read stands in the report.
pub fn verify(file: impl BufRead, known: Known<'_>, progress: impl FnMut(u64)) -> io::Result<Report> {
    let mut verifier = Verifier::new(known);
    verifier.read(file, progress)?;
    Ok(verifier.report)
}

impl<'a> Known<'a> {
    /// Who trusts these keys, and no authority.
    #[must_use]
    pub fn of(keys: &'a [PublicKey]) -> Self {
        Self { keys, authority: None }
    }
}

/// A fault after which no later line can be judged, or not.
enum Verdict {
    Go,
    Stop,
}

struct Verifier<'a> {
    known: Known<'a>,
    report: Report,
    line: u64,
    digest: Context,
    head: Option<Head>,
    keys: Vec<PublicKey>,
    /// By which of the keys something was proved.
    used: Vec<bool>,
    /// The number of the next message.
    next: u64,
    /// The hash of the last message; nothing where it is not shown or not as it was.
    last: Option<Hash>,
    /// The last checkpoint of each log.
    checkpoints: BTreeMap<String, Checkpoint>,
    /// Whether one of them said where the audit ended.
    names_audit: bool,
    stamps: Stamps,
    /// The log whose checkpoint stands on the line before: the next message must need it.
    fresh: Option<String>,
    ended: bool,
}

impl<'a> Verifier<'a> {
    fn new(known: Known<'a>) -> Self {
        let time_stamps_checked = known.authority.is_some();
        Self {
            known,
            report: Report { keys_known: !known.keys.is_empty(), time_stamps_checked, ..Report::default() },
            line: 0,
            digest: Context::new(&SHA256),
            head: None,
            keys: Vec::new(),
            used: Vec::new(),
            next: 0,
            last: None,
            checkpoints: BTreeMap::new(),
            names_audit: false,
            stamps: Stamps::default(),
            fresh: None,
            ended: false,
        }
    }

    fn read(&mut self, mut file: impl BufRead, mut progress: impl FnMut(u64)) -> io::Result<()> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            file.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)?;
            if bytes.is_empty() {
                if !self.ended {
                    self.fault(None, Wrong::CutShort);
                }
                return Ok(());
            }
            self.line += 1;
            progress(self.line);
            if matches!(self.take(&bytes), Verdict::Stop) {
                return Ok(());
            }
        }
    }

    fn fault(&mut self, message: Option<u64>, wrong: Wrong) {
        if self.report.faults.len() < MOST_FAULTS {
            self.report.faults.push(Fault { line: self.line.max(1), message, wrong });
        } else {
            self.report.more_faults = true;
        }
    }

    /// Notes a fault behind which nothing can be judged.
    fn stop(&mut self, wrong: Wrong) -> Verdict {
        self.fault(None, wrong);
        Verdict::Stop
    }

    fn take(&mut self, bytes: &[u8]) -> Verdict {
        if self.ended {
            return self.stop(Wrong::AfterEnd);
        }
        let Some(line) = parse(bytes) else {
            let wrong = match bytes.last() {
                _ if self.head.is_none() => Wrong::NoEvidence,
                Some(b'\n') => Wrong::Spelling,
                _ => Wrong::CutShort,
            };
            return self.stop(wrong);
        };
        // What is written in another way than ours was touched, even if it means the same.
        if encode(&line).as_bytes() != bytes {
            return self.stop(Wrong::Spelling);
        }
        if let Line::End(end) = &line {
            return self.end(end);
        }
        self.digest.update(bytes);
        match line {
            Line::Evidence(head) if self.head.is_none() => self.head(head),
            _ if self.head.is_none() => self.stop(Wrong::NoEvidence),
            Line::Checkpoint(checkpoint) if self.fresh.is_none() => self.checkpoint(&checkpoint),
            Line::Message(message) if !self.stamps.wait() => self.message(&message),
            Line::Withheld(withheld) if self.fresh.is_none() && !self.stamps.wait() => self.withheld(&withheld),
            Line::TimeStamp(stamped) if self.fresh.is_none() => self.time_stamp(&stamped),
            _ => self.stop(Wrong::Order),
        }
    }

    fn head(&mut self, head: Head) -> Verdict {
        if !(1..=VERSION_WITH_AUDIT).contains(&head.version) {
            return self.stop(Wrong::Version(head.version));
        }
        let keys: Result<Vec<PublicKey>, _> = head.keys.iter().map(|key| key.parse()).collect();
        let Ok(keys) = keys else { return self.stop(Wrong::Keys) };
        let sorted = head.keys.is_sorted_by(|one, next| one < next);
        let one_city = keys.windows(2).all(|pair| pair[0].city() == pair[1].city());
        let Some(first) = keys.first().filter(|_| sorted && one_city) else { return self.stop(Wrong::Keys) };
        if head.first == 0 || head.first > head.last || !head.fits_its_version() {
            return self.stop(Wrong::Order);
        }
        self.report.city = first.city().to_owned();
        self.report.mailbox.clone_from(&head.mailbox);
        (self.report.first, self.report.last) = (head.first, head.last);
        self.report.keys.clone_from(&head.keys);
        self.next = head.first;
        self.last = (head.first == 1).then_some(ZERO_HASH);
        for key in keys.iter().filter(|key| !self.known.keys.is_empty() && !self.known.keys.contains(key)) {
            self.fault(None, Wrong::ForeignKey(key.to_string()));
        }
        self.used = vec![false; keys.len()];
        self.keys = keys;
        self.head = Some(head);
        // Under a stranger's keys the rest proves nothing.
        if self.report.faults.is_empty() { Verdict::Go } else { Verdict::Stop }
    }

    fn withheld(&mut self, withheld: &Withheld) -> Verdict {
        let Withheld { first, last } = *withheld;
        if first != self.next || last < first || last >= self.report.last {
            return self.stop(Wrong::Order);
        }
        self.report.withheld += last - first + 1;
        (self.next, self.last) = (last + 1, None);
        Verdict::Go
    }

    fn message(&mut self, message: &SentMessage) -> Verdict {
        let number = message.number;
        if number < self.next || number > self.report.last {
            self.fault(Some(number), Wrong::Order);
            return Verdict::Stop;
        }
        if number > self.next {
            self.fault(Some(number), Wrong::Missing { first: self.next, last: number - 1 });
            self.last = None;
        }
        self.next = number + 1;
        let fresh = self.fresh.take();
        match self.prove(message, fresh.as_deref()) {
            Ok(hash) => {
                self.last = Some(hash);
                self.report.messages += 1;
                self.report.in_log += u64::from(message.event.is_some());
                self.report.from.get_or_insert_with(|| message.time.clone());
                self.report.until = Some(message.time.clone());
            }
            Err(wrong) => {
                self.last = None;
                self.fault(Some(number), wrong);
            }
        }
        Verdict::Go
    }

    fn prove(&mut self, message: &SentMessage, fresh: Option<&str>) -> Result<Hash, Wrong> {
        let mailbox = &self.report.mailbox;
        let previous = hex::encode(message.previous.0);
        let SentMessage { subject, id, event_type, source, time, about, cursor, content_type, .. } = message;
        let parts = [mailbox, subject, id, event_type, source, time, about, cursor, content_type];
        // The hash has a line for each part: a part of two lines could pass for two.
        if parts.iter().any(|part| part.chars().any(char::is_control)) {
            return Err(Wrong::Header);
        }
        let hash = Message {
            previous: &previous,
            mailbox,
            sequence: message.number,
            subject,
            id,
            event_type,
            source,
            time,
            about,
            cursor,
            content_type,
            body: &message.body.0,
        }
        .hash();
        let named = |key: &PublicKey| key.service() == EXCHANGE && key.header_id() == message.key;
        let at = self.keys.iter().position(named).ok_or(Wrong::Signature)?;
        if !self.keys[at].verify(&hash, &message.signature.0) {
            return Err(Wrong::Signature);
        }
        self.used[at] = true;
        if self.last.is_some_and(|last| last != message.previous.0) {
            return Err(Wrong::Chain);
        }
        match &message.event {
            None if fresh.is_none() => Ok(hash),
            None => Err(Wrong::Order),
            Some(place) => {
                let (origin, number) = self.prove_place(message, place).ok_or(Wrong::NotInLog)?;
                let origin = origin.to_owned();
                let in_place = fresh.is_none_or(|fresh| fresh == origin) && self.stamps.see(&origin, number);
                if in_place { Ok(hash) } else { Err(Wrong::Order) }
            }
        }
    }

    /// Proves that the message's event stands in its log, and names the log and its number there.
    fn prove_place(&self, message: &SentMessage, place: &Place) -> Option<(&str, u64)> {
        let service = message.source.strip_prefix("/hutong/")?;
        let checkpoint = self.checkpoints.get(&format!("{}/{service}", self.report.city))?;
        let number = cursor_of(&message.cursor, service).filter(|number| *number > 0)?;
        let content = match self.head.as_ref()?.version {
            1 => Content::Committed(Uuid::try_parse(&message.about).ok()?, place.commitment.0),
            _ => Content::Hidden(place.commitment.0),
        };
        let fact = Fact {
            previous: place.previous.0,
            sequence: number,
            id: Uuid::try_parse(&message.id).ok()?,
            event_type: &message.event_type,
            county: message.subject.rsplit('.').next()?,
            occurred_at: message.time.parse::<Instant>().ok()?,
            content,
        };
        let proof = Bytes::hashes(&place.proof)?;
        let proved = place.checkpoint == checkpoint.size
            && check_inclusion(&proof, checkpoint.size, &checkpoint.root, number - 1, &fact.hash()).is_ok();
        proved.then_some((&checkpoint.origin, number))
    }

    fn end(&mut self, end: &End) -> Verdict {
        let Some(head) = &self.head else { return self.stop(Wrong::NoEvidence) };
        let last = head.last;
        let has_its_time_stamps = head.time_stamps == self.report.time_stamps && self.stamps.may_end();
        if self.fresh.is_some() || !has_its_time_stamps || head.may_name_the_audit() != self.names_audit {
            return self.stop(Wrong::Order);
        }
        if self.next <= last {
            self.fault(None, Wrong::Missing { first: self.next, last });
        }
        let digest = std::mem::replace(&mut self.digest, Context::new(&SHA256)).finish();
        if end.lines != self.line - 1 || digest.as_ref() != end.sha256.0 {
            self.fault(None, Wrong::Digest);
        }
        // Where a message is not as it was, it is no wonder that nobody needs a key.
        if self.report.is_whole() {
            let unused: Vec<String> =
                self.keys.iter().zip(&self.used).filter(|(_, used)| !**used).map(|(key, _)| key.to_string()).collect();
            for key in unused {
                self.fault(None, Wrong::UnusedKey(key));
            }
        }
        self.ended = true;
        Verdict::Go
    }
}

fn parse(bytes: &[u8]) -> Option<Line> {
    let text = str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    serde_json::from_str(text).ok()
}

/// How far a mailbox has come with a service.
fn cursor_of(cursor: &str, service: &str) -> Option<u64> {
    cursor.split(',').filter_map(|entry| entry.split_once('=')).find(|(name, _)| *name == service)?.1.parse().ok()
}
