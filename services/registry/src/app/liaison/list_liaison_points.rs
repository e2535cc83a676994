//! Lists the tree of liaison points.

use contract::registry::v1;
use kernel::{Date, Division, Instant};
use platform::error::ServiceError;
use platform::page_token;

use super::answer;
use crate::app::Application;
use crate::store::liaison;

/// A page of points.
#[derive(Debug)]
pub struct LiaisonPage {
    /// The points, by code: each above those that hang on it.
    pub points: Vec<v1::LiaisonPoint>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

/// Which points, and when.
#[derive(Clone, Copy, Debug)]
pub struct LiaisonFilter {
    /// This division and what is in it.
    pub division: Option<Division>,
    /// On this day.
    pub day: Date,
    /// As it was known.
    pub known_at: Instant,
}

impl Application {
    /// The page of up to `size` points at `token`, or the first.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_liaison_points(
        &self,
        filter: LiaisonFilter,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<LiaisonPage, ServiceError> {
        // Codes are numbers; the token of a page holds the last one.
        let after = match page_token::after_place(token, filters)? {
            0 => None,
            code => code.to_string().parse().ok(),
        };
        let reader = self.database.reader();
        let mut points = liaison::page(reader, &self.vault, filter.division, after, size.saturating_add(1)).await?;
        let more = points.len() as u64 > size;
        if more {
            points.pop();
        }
        let next = match points.last() {
            Some(last) if more => {
                let code = last.division.as_str().parse().expect("a division's code is a number of at most 12 digits");
                page_token::write_place(code, filters)
            }
            _ => String::new(),
        };
        let known = points.iter().filter(|point| point.opened_at <= filter.known_at);
        Ok(LiaisonPage { points: known.map(|point| answer::point(point, filter.day, filter.known_at)).collect(), next })
    }
}
