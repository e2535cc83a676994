use platform::server::ServerError;

use super::{City, CityError};

impl City {
    /// Ends when the door has ended: after a shutdown, or because it failed.
    pub async fn ended(&self) {
        let mut ended = self.door_ended.clone();
        // An error means that the door's task is gone, which is an end too.
        drop(ended.wait_for(|ended| *ended).await);
    }

    /// Stops it in order: calls under way end, the services write what they hold, the broker ends.
    ///
    /// # Errors
    /// [`CityError::Server`] if the door had failed. All else is stopped nevertheless.
    pub async fn stop(self) -> Result<(), CityError> {
        self.shutdown.trigger();
        let served: Result<(), ServerError> = self.door.await.expect("the door's task does not panic");
        self.services_shutdown.cancel();
        self.parts.closed().await;
        if let Some(broker) = self.broker {
            broker.stop().await;
        }
        tracing::info!("the city has stopped");
        Ok(served?)
    }
}
