use anyhow::Context;
use platform::client;
use platform::config::Config;
use platform::identity::Credentials;
use tonic::transport::Channel;

use super::arguments::Global;
use crate::certificates::{Issued, Subject};
use crate::city::{DataDirectory, Endpoints};

/// The running city as a client beside its data directory finds it.
pub(super) struct City {
    pub(super) config: Config,
    endpoint: String,
    nats: String,
}

impl City {
    /// Finds it: an endpoint that is named, else what the city wrote down when it started, else the settings.
    pub(super) fn reach(global: &Global, endpoint: Option<String>) -> anyhow::Result<Self> {
        let config = global.settings()?;
        let written = Endpoints::read(&DataDirectory::at(&config.data.directory)?);
        let (grpc, nats) = match written {
            Some(Endpoints { grpc, nats }) => (grpc.to_string(), nats),
            None => {
                let nats = config.nats.url.clone();
                let nats = nats.unwrap_or_else(|| format!("tls://{}", config.nats.listen));
                (config.server.listen.to_string(), nats)
            }
        };
        Ok(Self { config, endpoint: endpoint.unwrap_or(grpc), nats })
    }

    /// The broker's URL.
    pub(super) fn nats(&self) -> &str {
        &self.nats
    }

    /// The certificate of a department in the data directory.
    pub(super) fn credentials(&self, code: &str) -> anyhow::Result<Credentials> {
        let issued = Issued::at(&self.config.tls_directory(), &Subject::department(code));
        issued
            .credentials()
            .with_context(|| format!("no certificate of {code} here (is --directory right? `hutong up` makes them)"))
    }

    /// A connection to the gRPC door with a department's certificate.
    pub(super) async fn connect(&self, code: &str) -> anyhow::Result<Channel> {
        let credentials = self.credentials(code)?;
        client::connect(&self.endpoint, &credentials).await.map_err(|error| {
            anyhow::anyhow!("no city answers at {}: start one with `hutong up` ({})", self.endpoint, error.chain())
        })
    }
}
