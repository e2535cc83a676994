//! Pages over the audits of several services.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Instant;
use platform::error::ServiceError;
use ring::digest::{SHA256, digest};

/// Bytes of a token that bind it to its filters.
const CHECK: usize = 16;

/// For each service the number before which its part of the next page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places(BTreeMap<String, u64>);

impl Places {
    /// Where a service's part begins; `None` for its newest.
    pub(super) fn before(&self, service: &str) -> Option<u64> {
        self.0.get(service).copied()
    }

    /// A page of the newest of what was found of each service, the newest first, and the places after it where there are more.
    /// One more than a page was looked for. Each says when it was, and its number.
    pub(super) fn page<T>(
        mut self,
        found: Vec<(&str, Vec<T>)>,
        size: u64,
        of: impl Fn(&T) -> (Instant, u64),
    ) -> (Vec<(String, T)>, Option<Self>) {
        let mut found: Vec<_> =
            found.into_iter().map(|(service, listed)| (service, listed.into_iter().peekable())).collect();
        let mut page = Vec::new();
        loop {
            // Each service's come in their own order; between them the time decides.
            let heads = found
                .iter_mut()
                .filter_map(|(service, listed)| listed.peek().map(|next| of(next).0).map(|at| (at, *service, listed)));
            let Some((_, service, listed)) = heads.max_by_key(|(at, _, _)| *at) else {
                return (page, None);
            };
            if page.len() as u64 == size {
                return (page, Some(self));
            }
            let next = listed.next().expect("it was seen a moment ago");
            self.0.insert(service.to_owned(), of(&next).1);
            page.push((service.to_owned(), next));
        }
    }

    /// `registry:123,exchange:45` behind what binds it to the filters.
    pub(super) fn write(&self, filters: &[u8]) -> String {
        let places: Vec<String> = self.0.iter().map(|(service, sequence)| format!("{service}:{sequence}")).collect();
        let places = places.join(",");
        URL_SAFE_NO_PAD.encode([&check(&places, filters), places.as_bytes()].concat())
    }

    /// Reads a token; none is the beginning.
    pub(super) fn read(token: &str, filters: &[u8]) -> Result<Self, ServiceError> {
        let refused = || {
            let message = "must be one that an answer gave for these filters";
            ServiceError::invalid("page_token", "PAGE_TOKEN_INVALID", message)
        };
        if token.is_empty() {
            return Ok(Self::default());
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
        let (bound, places) = bytes.split_at_checked(CHECK).ok_or_else(refused)?;
        let places = std::str::from_utf8(places).map_err(|_| refused())?;
        if bound != check(places, filters) {
            return Err(refused());
        }
        let place = |place: &str| {
            let (service, sequence) = place.split_once(':')?;
            Some((service.to_owned(), sequence.parse().ok()?))
        };
        places.split(',').map(|text| place(text).ok_or_else(refused)).collect::<Result<_, _>>().map(Self)
    }
}

fn check(places: &str, filters: &[u8]) -> [u8; CHECK] {
    let hash = digest(&SHA256, &[filters, places.as_bytes()].concat());
    hash.as_ref()[..CHECK].try_into().expect("SHA-256 has more bytes")
}
