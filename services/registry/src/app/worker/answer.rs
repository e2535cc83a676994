//! Workers as the contract shapes them.

use contract::date::{from_date, timestamp};
use contract::registry::v1;
use kernel::{Date, Instant, Version};

use crate::domain::worker::{Assignment, GuideAcknowledgement, Post, Training, Worker};

/// The etag of a worker as it stands.
#[must_use]
pub fn etag(worker: &Worker) -> String {
    format!("v{:x}", worker.version)
}

/// A worker on a day, as it is known now.
#[must_use]
pub fn worker(worker: &Worker, day: Date) -> v1::Worker {
    worker_as_of(worker, day, Instant::MAX).expect("it is known by now who a worker is on any day")
}

/// A worker on a day, as far as was known at an instant; `None` if nobody knew of them yet.
#[must_use]
pub fn worker_as_of(worker: &Worker, day: Date, known_at: Instant) -> Option<v1::Worker> {
    let person = worker.persons.as_of(day, known_at)?;
    let posts = worker.posts.known_at(known_at);
    Some(v1::Worker {
        id: worker.id.to_string(),
        etag: etag(worker),
        person: Some(v1::WorkerPerson { full_name: person.full_name.clone(), phone: person.phone.clone() }),
        post: posts.iter().find(|version| version.period.contains(day)).map(|version| appointment(version)),
        posts: posts.into_iter().map(appointment).collect(),
        trainings: worker.trainings.iter().filter(|it| it.recorded <= known_at).map(training).collect(),
        acknowledgements: worker
            .acknowledgements
            .iter()
            .filter(|it| it.recorded <= known_at)
            .map(acknowledgement)
            .collect(),
        create_time: Some(timestamp(worker.opened_at)),
        update_time: Some(timestamp(worker.changed_at)),
    })
}

/// The assignments of a child, as they are known now.
#[must_use]
pub fn assignments(assignment: &Assignment) -> Vec<v1::Assignment> {
    let current = assignment.workers.current().into_iter();
    current
        .map(|version| v1::Assignment {
            worker: version.value.to_string(),
            from: Some(from_date(version.period.from())),
            until: version.period.until().map(from_date),
        })
        .collect()
}

fn appointment(version: &Version<Post>) -> v1::Appointment {
    v1::Appointment {
        role: version.value.role().number(),
        division: version.value.division().to_string(),
        from: Some(from_date(version.period.from())),
        until: version.period.until().map(from_date),
        record_time: Some(timestamp(version.recorded)),
    }
}

fn training(training: &Training) -> v1::Training {
    v1::Training {
        trained_on: Some(from_date(training.on)),
        hours: i32::try_from(training.hours).unwrap_or(i32::MAX),
        topic: training.topic.clone(),
        certificate: training.certificate.clone(),
    }
}

fn acknowledgement(read: &GuideAcknowledgement) -> v1::GuideAcknowledgement {
    v1::GuideAcknowledgement { guide_version: read.version.clone(), acknowledged_on: Some(from_date(read.on)) }
}
