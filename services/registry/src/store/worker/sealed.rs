//! The part of a worker that is encrypted.

use kernel::time::parse_iso;
use kernel::{Instant, WorkerId};
use platform::vault::{Vault, VaultError};
use prost::Message;

use crate::domain::worker::{GuideAcknowledgement, Person, Training, Worker};
use crate::store::sealed::row_place;

/// What the vault seals of a worker. The tags are this table's own; they never change their meaning.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedWorker {
    /// The name.
    #[prost(string, tag = "1")]
    pub full_name: String,
    /// The phone, or empty.
    #[prost(string, tag = "2")]
    pub phone: String,
    /// The trainings.
    #[prost(message, repeated, tag = "3")]
    pub trainings: Vec<SealedTraining>,
    /// The acknowledged guides.
    #[prost(message, repeated, tag = "4")]
    pub acknowledgements: Vec<SealedAcknowledgement>,
}

/// A training.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedTraining {
    /// `2024-10-31`.
    #[prost(string, tag = "1")]
    pub on: String,
    /// Whole hours.
    #[prost(uint32, tag = "2")]
    pub hours: u32,
    /// What it was about.
    #[prost(string, tag = "3")]
    pub topic: String,
    /// The certificate, or empty.
    #[prost(string, tag = "4")]
    pub certificate: String,
    /// Microseconds since 1970.
    #[prost(int64, tag = "5")]
    pub recorded_at: i64,
}

/// An acknowledged guide.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedAcknowledgement {
    /// Which guide.
    #[prost(string, tag = "1")]
    pub version: String,
    /// `2024-10-31`.
    #[prost(string, tag = "2")]
    pub on: String,
    /// Microseconds since 1970.
    #[prost(int64, tag = "3")]
    pub recorded_at: i64,
}

impl SealedWorker {
    /// The part of a worker.
    #[must_use]
    pub fn of(worker: &Worker) -> Self {
        Self {
            full_name: worker.person().full_name.clone(),
            phone: worker.person().phone.clone(),
            trainings: worker
                .trainings
                .iter()
                .map(|training| SealedTraining {
                    on: training.on.to_string(),
                    hours: training.hours,
                    topic: training.topic.clone(),
                    certificate: training.certificate.clone(),
                    recorded_at: training.recorded.as_micros(),
                })
                .collect(),
            acknowledgements: worker
                .acknowledgements
                .iter()
                .map(|read| SealedAcknowledgement {
                    version: read.version.clone(),
                    on: read.on.to_string(),
                    recorded_at: read.recorded.as_micros(),
                })
                .collect(),
        }
    }

    /// Encrypts the part for the row of `worker`, where alone it opens again.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, vault: &Vault, worker: WorkerId) -> Result<Vec<u8>, VaultError> {
        vault.seal(&row_place("worker", worker.as_uuid()), &self.encode_to_vec())
    }

    /// Decrypts the part of the row of `worker`. `None` if what was sealed is none.
    ///
    /// # Errors
    /// [`VaultError`] if it was altered, moved from another row, or sealed with another key.
    pub fn open(vault: &Vault, worker: WorkerId, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        let plain = vault.unseal(&row_place("worker", worker.as_uuid()), sealed)?;
        Ok(Self::decode(plain.as_slice()).ok())
    }

    /// Who it is.
    #[must_use]
    pub fn person(&self) -> Person {
        Person { full_name: self.full_name.clone(), phone: self.phone.clone() }
    }

    /// The trainings, `None` if one has no day.
    #[must_use]
    pub fn trainings(&self) -> Option<Vec<Training>> {
        let training = |sealed: &SealedTraining| {
            Some(Training {
                on: parse_iso(&sealed.on).ok()?,
                hours: sealed.hours,
                topic: sealed.topic.clone(),
                certificate: sealed.certificate.clone(),
                recorded: Instant::from_micros(sealed.recorded_at),
            })
        };
        self.trainings.iter().map(training).collect()
    }

    /// The acknowledged guides, `None` if one has no day.
    #[must_use]
    pub fn acknowledgements(&self) -> Option<Vec<GuideAcknowledgement>> {
        let acknowledgement = |sealed: &SealedAcknowledgement| {
            Some(GuideAcknowledgement {
                version: sealed.version.clone(),
                on: parse_iso(&sealed.on).ok()?,
                recorded: Instant::from_micros(sealed.recorded_at),
            })
        };
        self.acknowledgements.iter().map(acknowledgement).collect()
    }
}

/// Says only that it is one.
impl std::fmt::Debug for SealedWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedWorker(****)")
    }
}

/// Says only that it is one.
impl std::fmt::Debug for SealedTraining {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedTraining(****)")
    }
}

/// Says only that it is one.
impl std::fmt::Debug for SealedAcknowledgement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedAcknowledgement(****)")
    }
}
