use std::collections::HashMap;

use contract::date::from_date;
use contract::registry::v1::appoint_worker_request::Subject;
use contract::registry::v1::worker_service_client::WorkerServiceClient;
use contract::registry::v1::{AppointWorkerRequest, WorkerPerson, WorkerRole};
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Division, WorkerId};
use tonic::transport::Channel;

use super::calendar::Calendar;
use super::place::Place;
use crate::city::Samples;

/// Appointments under way at once.
const AT_ONCE: usize = 32;

/// Who looks after the children of the city.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    by_division: HashMap<Division, WorkerId>,
    /// The directors, by village.
    pub directors: Vec<WorkerId>,
    /// The supervisor of the township without directors.
    pub alone: WorkerId,
}

impl Staff {
    /// A supervisor for every township, and the directors of villages, through the door.
    pub(super) async fn appoint(channel: Channel, place: &Place, calendar: &Calendar) -> anyhow::Result<Self> {
        let villages = place.villages.iter().enumerate().filter(|(at, _)| place.is_directed(*at));
        let posts: Vec<(WorkerRole, Division)> = place
            .townships
            .iter()
            .map(|township| (WorkerRole::Supervisor, *township))
            .chain(villages.map(|(_, village)| (WorkerRole::Director, village.division)))
            .collect();
        let appointed = futures::stream::iter(posts).map(|(role, division)| {
            let mut workers = WorkerServiceClient::new(channel.clone());
            let person = WorkerPerson { full_name: format!("工{division}"), phone: String::new() };
            let request = AppointWorkerRequest {
                request_id: Samples::request_id(),
                subject: Some(Subject::Person(person)),
                etag: String::new(),
                role: role.into(),
                division: division.to_string(),
                from: Some(from_date(calendar.first.first_day())),
            };
            async move {
                let worker = workers.appoint_worker(request).await?.into_inner().worker.unwrap_or_default();
                anyhow::Ok((division, worker.id.parse::<WorkerId>()?))
            }
        });
        let by_division: HashMap<Division, WorkerId> = appointed.buffer_unordered(AT_ONCE).try_collect().await?;
        let directors =
            place.villages.iter().filter_map(|village| by_division.get(&village.division)).copied().collect();
        let alone = by_division[&place.undirected];
        Ok(Self { by_division, directors, alone })
    }

    /// Who visits a child of a village: its director, else the township's supervisor.
    pub(super) fn visitor(&self, village: Division) -> WorkerId {
        let township = village.parent().expect("a village lies in a township");
        *self.by_division.get(&village).unwrap_or_else(|| &self.by_division[&township])
    }
}
