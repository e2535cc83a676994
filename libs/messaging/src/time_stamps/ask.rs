use evidence::time_stamp::{Authority, LONGEST, Nonce, TimeStamp, TimeStampError, accept, request};
use platform::config::TimeStampConfig;
use platform::error::ServiceError;
use platform::post::{Kinds, PostError, PostLimits, Poster};
use ring::rand::{SecureRandom as _, SystemRandom};

const KINDS: Kinds = Kinds { sent: "application/timestamp-query", expected: "application/timestamp-reply" };

/// Asks an authority for its word.
#[derive(Debug)]
pub(super) struct Asker {
    poster: Poster,
    authority: Authority,
}

/// Why there is no word.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error(transparent)]
    Post(#[from] PostError),
    #[error(transparent)]
    Answer(#[from] TimeStampError),
    #[error("the system gives no randomness")]
    Random,
}

impl Asker {
    /// Nothing if the settings name no authority.
    pub(super) fn new(config: &TimeStampConfig) -> Result<Option<Self>, ServiceError> {
        let Some(url) = &config.url else { return Ok(None) };
        let wrong = |what: String| ServiceError::failed_precondition("TIME_STAMP_SETTINGS", what);
        let file = config.authority.as_ref().ok_or_else(|| {
            wrong("evidence.time_stamp.url needs evidence.time_stamp.authority, the authority's certificate".to_owned())
        })?;
        let text = std::fs::read(file).map_err(|error| {
            wrong(format!("evidence.time_stamp.authority: cannot read {}: {}", file.display(), error.kind()))
        })?;
        let authority = Authority::from_pem(&text)
            .map_err(|error| wrong(format!("evidence.time_stamp.authority: {}: {error}", file.display())))?;
        if config.stale <= config.interval {
            return Err(wrong(
                "evidence.time_stamp.stale_seconds must be more than interval_seconds: before the next time-stamp is due, \
                 none is missing"
                    .to_owned(),
            ));
        }
        let poster = Poster::new(url, PostLimits { time: config.timeout, bytes: LONGEST })
            .map_err(|error| wrong(format!("evidence.time_stamp.url: {error}")))?;
        Ok(Some(Self { poster, authority }))
    }

    /// The authority's token for a note, proved.
    pub(super) async fn ask(&self, note: &str) -> Result<(Vec<u8>, TimeStamp), AskError> {
        let mut chance = [0; 16];
        SystemRandom::new().fill(&mut chance).map_err(|_| AskError::Random)?;
        let nonce = Nonce::new(chance);
        let answer = self.poster.send(request(note, nonce), KINDS).await?;
        Ok(accept(&answer, note, nonce, &self.authority)?)
    }
}
