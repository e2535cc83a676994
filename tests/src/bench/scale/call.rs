use std::sync::Arc;

use contract::date::{from_date, from_month};
use contract::registry::v1;
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::matching_service_client::MatchingServiceClient;
use contract::registry::v1::search_children_request::Query;
use contract::registry::v1::visit_service_client::VisitServiceClient;
use kernel::{ChildId, WorkerId};
use tonic::transport::Channel;

use super::calendar::Calendar;
use super::people::{born, misspelt, pick, row};
use super::place::Place;
use super::staff::Staff;
use crate::bench::Share;

/// The largest page of a list.
const PAGE: i32 = 500;

/// What an office or a phone asks of a city's registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// `SearchChildren` by citizen ID.
    SearchById,
    /// `SearchChildren` by name and day of birth.
    SearchByName,
    /// `SearchCandidates` by name, birth, sex, township and guardian, the name misspelt.
    SearchCandidates,
    /// `ListDueVisits` of a village's director.
    DueOfDirector,
    /// `ListDueVisits` of the supervisor with the longest list, a page of 500.
    DueOfSupervisor,
    /// The same, those not yet visited.
    OpenOfSupervisor,
    /// `GetChild`.
    Get,
    /// `ListChildren` of a county, a page of 50.
    List,
    /// `ListDuplicates` of a township, a page of 50 files.
    Duplicates,
    /// `SummariseVisits` of a township for a month that is over.
    SummariseTownship,
    /// Of a county.
    SummariseCounty,
    /// Of the city.
    SummariseCity,
}

impl Call {
    pub(super) const ALL: [Self; 12] = [
        Self::SearchById,
        Self::SearchByName,
        Self::SearchCandidates,
        Self::DueOfDirector,
        Self::DueOfSupervisor,
        Self::OpenOfSupervisor,
        Self::Get,
        Self::List,
        Self::Duplicates,
        Self::SummariseTownship,
        Self::SummariseCounty,
        Self::SummariseCity,
    ];

    /// In the report.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SearchById => "search by citizen ID",
            Self::SearchByName => "search by name and birth",
            Self::SearchCandidates => "search for candidates",
            Self::DueOfDirector => "due list of a director",
            Self::DueOfSupervisor => "due list of a supervisor alone",
            Self::OpenOfSupervisor => "the same, open visits only",
            Self::Get => "GetChild",
            Self::List => "ListChildren of a county",
            Self::Duplicates => "ListDuplicates of a township",
            Self::SummariseTownship => "visits of a township summarised",
            Self::SummariseCounty => "visits of a county summarised",
            Self::SummariseCity => "visits of the city summarised",
        }
    }

    /// Clients that call at once: many offices search, one looks at the whole city.
    pub(super) fn clients(self) -> usize {
        match self {
            Self::Duplicates | Self::SummariseTownship | Self::SummariseCounty | Self::SummariseCity => 1,
            _ => 4,
        }
    }

    /// Milliseconds within which 99 of 100 calls must be answered, if that was promised.
    pub(super) fn goal(self) -> Option<f64> {
        match self {
            Self::SearchById | Self::SearchByName | Self::SearchCandidates => Some(20.0),
            Self::DueOfDirector | Self::DueOfSupervisor | Self::OpenOfSupervisor => Some(50.0),
            _ => None,
        }
    }

    /// Whether a whole city asks it once for each child, or it is about the whole city by itself. A director's list is as
    /// long as the village has children; the pages of a longer one are all alike.
    pub(super) fn share(self) -> Share {
        match self {
            Self::DueOfDirector | Self::SummariseTownship | Self::SummariseCounty | Self::SummariseCity => Share::Whole,
            _ => Share::Each,
        }
    }
}

/// A caller of one city.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub place: Arc<Place>,
    pub staff: Arc<Staff>,
    pub calendar: Calendar,
    /// How many made-up children the city has.
    pub children: u32,
    /// Some of them.
    pub some: Arc<Vec<ChildId>>,
}

impl Desk {
    /// The `number`th call of its kind: each is about somebody else.
    pub(super) async fn call(&self, channel: Channel, call: Call, number: u32) -> anyhow::Result<()> {
        let of = |salt, count| pick(number, salt, count);
        match call {
            Call::SearchById | Call::SearchByName | Call::SearchCandidates => {
                let whom = u32::try_from(of(10, self.children as usize))?;
                self.search(channel, call, whom).await
            }
            Call::DueOfDirector => {
                self.due(channel, self.staff.directors[of(11, self.staff.directors.len())], false).await
            }
            Call::DueOfSupervisor => self.due(channel, self.staff.alone, false).await,
            Call::OpenOfSupervisor => self.due(channel, self.staff.alone, true).await,
            Call::Get => {
                let child = self.some[of(12, self.some.len())].to_string();
                let request = v1::GetChildRequest { child, ..Default::default() };
                ChildServiceClient::new(channel).get_child(request).await?;
                Ok(())
            }
            Call::List => {
                let division = self.place.counties[of(13, self.place.counties.len())].to_string();
                let request = v1::ListChildrenRequest { division, page_size: 50, ..Default::default() };
                ChildServiceClient::new(channel).list_children(request).await?;
                Ok(())
            }
            Call::Duplicates => {
                let division = self.place.townships[of(14, self.place.townships.len())].to_string();
                let request = v1::ListDuplicatesRequest { division, page_size: 50, ..Default::default() };
                MatchingServiceClient::new(channel).list_duplicates(request).await?;
                Ok(())
            }
            Call::SummariseTownship => {
                self.summarise(channel, self.place.townships[of(15, self.place.townships.len())].to_string()).await
            }
            Call::SummariseCounty => {
                self.summarise(channel, self.place.counties[of(16, self.place.counties.len())].to_string()).await
            }
            Call::SummariseCity => self.summarise(channel, String::new()).await,
        }
    }

    async fn search(&self, channel: Channel, call: Call, whom: u32) -> anyhow::Result<()> {
        let row = row(whom, &self.place, &self.calendar);
        let birth_date = Some(from_date(born(whom, &self.calendar)));
        let found = if call == Call::SearchCandidates {
            let village = self.place.directory.find(&row.county, &row.township, &row.village);
            let request = v1::SearchCandidatesRequest {
                full_name: misspelt(&row.full_name),
                birth_date,
                sex: if row.sex == "男" { 1 } else { 2 },
                division: village.map_err(|_| anyhow::anyhow!("a made-up child lives somewhere"))?.to_string(),
                guardian_name: row.guardian_name,
                ..Default::default()
            };
            MatchingServiceClient::new(channel).search_candidates(request).await?.into_inner().candidates.len()
        } else {
            let query = match call {
                Call::SearchById => Query::CitizenId(row.citizen_id),
                _ => Query::NameAndBirth(v1::NameAndBirth { full_name: row.full_name, birth_date }),
            };
            let request = v1::SearchChildrenRequest { query: Some(query), ..Default::default() };
            ChildServiceClient::new(channel).search_children(request).await?.into_inner().children.len()
        };
        anyhow::ensure!(found > 0, "{} does not find child {whom}", call.name());
        Ok(())
    }

    async fn due(&self, channel: Channel, worker: WorkerId, open_only: bool) -> anyhow::Result<()> {
        let request = v1::ListDueVisitsRequest {
            worker: worker.to_string(),
            month: Some(from_month(self.calendar.present)),
            page_size: PAGE,
            open_only,
            ..Default::default()
        };
        VisitServiceClient::new(channel).list_due_visits(request).await?;
        Ok(())
    }

    async fn summarise(&self, channel: Channel, division: String) -> anyhow::Result<()> {
        let month = Some(from_month(self.calendar.present.previous()));
        let division_is_small = division.len() > 6;
        let request = v1::SummariseVisitsRequest { month, division };
        let answer = VisitServiceClient::new(channel).summarise_visits(request).await?.into_inner();
        // A township may be as small as one village.
        anyhow::ensure!(answer.total.is_some_and(|total| total.done > 0 || division_is_small), "nobody was visited");
        Ok(())
    }
}
