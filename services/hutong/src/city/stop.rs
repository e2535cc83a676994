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
        let served = self.door.await.expect("the door's task does not panic");
        self.running.end().await;
        // Only now may another process have the directory.
        drop(self.lock);
        tracing::info!("the city has stopped");
        Ok(served?)
    }
}
