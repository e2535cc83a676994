use std::collections::HashMap;

use bytes::Bytes;
use contract::mailboxes::{Format, MailboxEntry};
use contract::projection::{Projection, to_json};
use contract::{references, subject};
use messaging::relay::headers;
use platform::pseudonym::{Pseudonym, Pseudonyms};
use uuid::Uuid;

use crate::feed::FeedEvent;

/// What one mailbox gets to see: types, fields, area, references to children, encoding.
#[derive(Debug, Clone)]
pub(crate) struct View {
    entry: MailboxEntry,
    pseudonym: Option<Pseudonym>,
    projections: HashMap<&'static str, Projection>,
}

/// An event cannot be read as its type says, though its service sealed it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl View {
    /// The view of an entry under the contract of this build.
    pub(crate) fn of(entry: &MailboxEntry, pseudonyms: &Pseudonyms) -> Self {
        let projections = entry.grants().into_iter().map(|(event, view)| (event.name.as_str(), view)).collect();
        Self { entry: entry.clone(), pseudonym: pseudonyms.of(entry.department).cloned(), projections }
    }

    /// The mailbox's code.
    pub(crate) fn code(&self) -> &str {
        &self.entry.code
    }

    /// The mailbox's entry.
    pub(crate) fn entry(&self) -> &MailboxEntry {
        &self.entry
    }

    /// The types that it is granted, by name.
    pub(crate) fn types(&self) -> Vec<&'static str> {
        let mut types: Vec<_> = self.projections.keys().copied().collect();
        types.sort_unstable();
        types
    }

    /// The subjects of the types that a service grants it; none means that it never needs to look at that service.
    pub(crate) fn subjects(&self, service: &str) -> Vec<String> {
        self.projections
            .values()
            .map(Projection::event)
            .filter(|event| event.service == service)
            .map(subject::type_filter)
            .collect()
    }

    /// The mailbox's copy of an event's body; `None` if it gets none.
    pub(crate) fn copy(&self, event: &FeedEvent) -> Result<Option<Bytes>, Unreadable> {
        let Some(projection) = self.projections.get(event.event.name.as_str()) else { return Ok(None) };
        if event.erased || !self.entry.covers(event.county()) {
            return Ok(None);
        }
        let Some(mut body) = projection.apply(&event.body).map_err(|_| Unreadable)? else { return Ok(None) };
        if let (Some(references), Some(pseudonym)) = (references::of_event(event.event), &self.pseudonym) {
            let mut copy = Vec::from(body);
            references.replace(&mut copy, |child| pseudonym.conceal(child)).map_err(|_| Unreadable)?;
            body = copy.into();
        }
        match self.entry.format {
            Format::Protobuf => Ok(Some(body)),
            Format::Json => to_json(event.event, &body).map(|json| Some(json.into())).map_err(|_| Unreadable),
        }
    }

    /// What an event is about, as the mailbox may know it.
    pub(crate) fn about(&self, event: &FeedEvent) -> String {
        let about = event.header(headers::SUBJECT).unwrap_or_default();
        match &self.pseudonym {
            Some(pseudonym) if event.event.about_child => {
                Uuid::try_parse(about).map(|child| pseudonym.conceal(child).to_string()).unwrap_or_default()
            }
            _ => about.to_owned(),
        }
    }

    /// The encoding of its messages.
    pub(crate) fn content_type(&self) -> &'static str {
        match self.entry.format {
            Format::Protobuf => "application/protobuf",
            Format::Json => "application/json",
        }
    }
}
