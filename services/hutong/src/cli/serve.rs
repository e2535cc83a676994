use anyhow::bail;
use platform::shutdown::Shutdown;

use super::arguments::{Global, ServiceName};
use super::say::say;
use super::up;
use crate::city::{City, CitySettings, Part};

pub(super) async fn run(global: Global, services: Vec<ServiceName>) -> anyhow::Result<()> {
    let config = global.settings()?;
    if config.nats.url.is_none() {
        bail!("serve needs a broker that runs elsewhere: set nats.url (for all in one process there is `hutong up`)");
    }
    let parts = services
        .into_iter()
        .map(|service| match service {
            ServiceName::Registry => Part::Registry,
            ServiceName::Subsidies => Part::Subsidies,
            ServiceName::Exchange => Part::Exchange,
        })
        .collect();
    let shutdown = Shutdown::on_signals()?;
    let telemetry = up::telemetry(&config)?;
    let city = City::start(CitySettings { parts, ..CitySettings::new(config, shutdown.clone()) }).await?;
    say!("gRPC  {}  mutual TLS, {}", city.endpoints().grpc, city.services().join(", "));
    up::until_shutdown(city, &shutdown).await?;
    telemetry.shutdown().await;
    Ok(())
}
