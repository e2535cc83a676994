use std::sync::Arc;

use anyhow::Context;
use kernel::{Division, DivisionDirectory, DivisionLevel};

/// Where the children of the city live.
#[derive(Debug)]
pub(super) struct Place {
    /// The city's divisions.
    pub directory: Arc<DivisionDirectory>,
    /// Its villages and communities, by code.
    pub villages: Vec<Village>,
    /// Its townships, by code.
    pub townships: Vec<Division>,
    /// Its counties.
    pub counties: Vec<Division>,
    /// The township with the most villages. None of them has a director: its supervisor has the longest list.
    pub undirected: Division,
}

/// A village as an office writes it down.
#[derive(Debug)]
pub(super) struct Village {
    /// Twelve digits.
    pub division: Division,
    /// The township's code.
    pub within: Division,
    /// The county's name.
    pub county: String,
    /// The township's name.
    pub township: String,
    /// Its own.
    pub name: String,
}

impl Place {
    /// The divisions that come with Hutong.
    pub(super) fn read() -> anyhow::Result<Self> {
        let file = crate::tools::workspace().join("deploy/divisions/3716.csv");
        let directory = DivisionDirectory::from_csv(&std::fs::read_to_string(file)?)?;
        let of_level = |level| {
            let mut divisions: Vec<Division> =
                directory.iter().map(|(division, _)| division).filter(|division| division.level() == level).collect();
            divisions.sort();
            divisions
        };
        let mut villages = Vec::new();
        for division in of_level(DivisionLevel::Village) {
            let within = division.ancestor(DivisionLevel::Township).context("a village lies in a township")?;
            let county = division.county().context("a village lies in a county")?;
            let name = |division| directory.name_of(division).map(str::to_owned).context("it is listed");
            let village =
                Village { division, within, county: name(county)?, township: name(within)?, name: name(division)? };
            // Of namesakes in one township a roster's row means the first.
            if directory.find(&village.county, &village.township, &village.name) == Ok(division) {
                villages.push(village);
            }
        }
        let townships = of_level(DivisionLevel::Township);
        let size = |township: &Division| villages.iter().filter(|village| village.within == *township).count();
        let undirected = townships.iter().copied().max_by_key(size).context("a city has townships")?;
        let counties = of_level(DivisionLevel::County);
        Ok(Self { directory: Arc::new(directory), villages, townships, counties, undirected })
    }

    /// Whether the village has a director: all but every tenth, and none in one township.
    pub(super) fn is_directed(&self, at: usize) -> bool {
        self.villages[at].within != self.undirected && at % 10 != 3
    }
}
