//! What a child of a tier is paid a month (基本生活保障标准).

use kernel::{Division, Fen, Instant, Month, StandardId, Tier};

/// One version of a standard. It is never changed; a mistake is mended by another version from the same month on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standard {
    /// The version.
    pub id: StandardId,
    /// The tier.
    pub tier: Tier,
    /// The city or the county that it governs.
    pub area: Division,
    /// The first month.
    pub from: Month,
    /// For a child and month.
    pub monthly: Fen,
    /// The document by which it was set.
    pub legal_basis: String,
    /// When it was published: before, nobody paid by it.
    pub published: Instant,
    /// What counted for the tier and the area until then.
    pub previous: Option<Fen>,
}

/// All versions that were published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standards(Vec<Standard>);

/// The same amount counts already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the same amount counts already from that month on")]
pub struct AlreadyCounts;

impl Standards {
    /// These versions, in any order.
    #[must_use]
    pub fn of(mut versions: Vec<Standard>) -> Self {
        versions.sort_by_key(|standard| (standard.published, standard.id));
        Self(versions)
    }

    /// All versions, in the order of their publication.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Standard> {
        self.0.iter()
    }

    /// Publishes a version.
    ///
    /// # Errors
    /// [`AlreadyCounts`] if nothing would change.
    pub fn publish(&mut self, new: Standard) -> Result<&Standard, AlreadyCounts> {
        let own = |standard: &&Standard| (standard.tier, standard.area) == (new.tier, new.area);
        let counts = latest(self.0.iter().filter(own), new.from);
        // It would begin where it goes on by itself, unless another one begins in between.
        if counts.is_some_and(|standard| standard.monthly == new.monthly) {
            return Err(AlreadyCounts);
        }
        let before = latest(self.0.iter().filter(own), new.from.previous()).or(counts);
        let previous = before.map(|standard| standard.monthly);
        self.0.push(Standard { previous, ..new });
        Ok(self.0.last().expect("it was just put there"))
    }

    /// The version by which a month is paid in a county, as known at an instant: a county's own before the city's, of those
    /// the one that begins last, of those the one published last.
    #[must_use]
    pub fn at(&self, tier: Tier, county: Division, month: Month, known: Instant) -> Option<&Standard> {
        let known = || self.0.iter().filter(|standard| standard.tier == tier && standard.published <= known);
        latest(known().filter(|standard| standard.area == county), month).or_else(|| {
            latest(known().filter(|standard| standard.area != county && standard.area.contains(&county)), month)
        })
    }

    /// When the last version was published, [`Instant::MIN`] before the first.
    #[must_use]
    pub fn last_published(&self) -> Instant {
        self.0.iter().map(|standard| standard.published).max().unwrap_or(Instant::MIN)
    }
}

/// Of versions in the order of their publication the one that counts in a month.
fn latest<'a>(versions: impl Iterator<Item = &'a Standard>, month: Month) -> Option<&'a Standard> {
    versions.filter(|standard| standard.from <= month).max_by_key(|standard| (standard.from, standard.published))
}

impl Standard {
    /// The growth over the previous version in thousandths, rounded half up; 0 without one.
    #[must_use]
    pub fn growth_permille(&self) -> i32 {
        let Some(previous) = self.previous.map(Fen::as_fen).filter(|previous| *previous > 0) else { return 0 };
        let difference = i128::from(self.monthly.as_fen() - previous);
        let permille = (difference * 2_000 + i128::from(previous)).div_euclid(i128::from(previous) * 2);
        i32::try_from(permille).unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{city, county, month, noon, published, standard};

    #[test]
    fn growth_follows_from_the_previous_version() {
        for (tier, before, now, permille) in
            [(Tier::A, 2_502, 2_675, 69), (Tier::B, 2_002, 2_140, 69), (Tier::C, 1_639, 1_777, 84)]
        {
            let standards = published(&[
                standard(tier, "2023-01", before, "2023-01-05"),
                standard(tier, "2024-01", now, "2024-01-05"),
            ]);
            assert_eq!(standards.iter().last().unwrap().growth_permille(), permille, "{tier}");
        }
    }

    #[test]
    fn a_countys_own_counts_before_the_citys_and_the_latest_before_earlier_ones() {
        let own = Standard { area: county("371621"), ..standard(Tier::B, "2024-06", 2_200, "2024-05-05") };
        let standards = published(&[
            standard(Tier::B, "2024-01", 2_140, "2024-01-05"),
            own,
            standard(Tier::B, "2024-07", 2_300, "2024-06-05"),
        ]);
        let at = |place: &str, when: &str, known: &str| {
            let found = standards.at(Tier::B, county(place), month(when), noon(known));
            found.map(|standard| standard.monthly.as_fen() / 100)
        };
        assert_eq!(at("371602", "2024-06", "2024-12-31"), Some(2_140));
        assert_eq!(at("371621", "2024-05", "2024-12-31"), Some(2_140));
        assert_eq!(at("371621", "2024-08", "2024-12-31"), Some(2_200));
        assert_eq!(at("371602", "2024-08", "2024-12-31"), Some(2_300));
        assert_eq!(at("371602", "2024-08", "2024-06-01"), Some(2_140), "it was not published yet");
        assert_eq!(at("371602", "2023-12", "2024-12-31"), None);
        let mut standards = standards.clone();
        let again = Standard {
            id: standard(Tier::B, "2024-09", 0, "2024-09-01").id,
            area: city(),
            ..standard(Tier::B, "2024-09", 2_300, "2024-09-01")
        };
        assert_eq!(standards.publish(again).unwrap_err(), AlreadyCounts);
    }
}
