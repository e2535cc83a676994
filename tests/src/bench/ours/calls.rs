use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use contract::registry::v1::GetChildRequest;
use contract::registry::v1::child_service_client::ChildServiceClient;
use platform::identity::Credentials;
use tonic::transport::Channel;

use crate::bench::{Load, closed_loop};
use crate::city::{City, Samples};

/// Connections that the clients share, in the echo's measurement too.
const CONNECTIONS: usize = 4;

/// A city under measurement, and which samples it has.
#[derive(Debug)]
pub struct Caller {
    /// The city.
    pub city: City,
    next: Arc<AtomicU32>,
}

impl Caller {
    /// Nobody is registered yet.
    #[must_use]
    pub fn new(city: City) -> Self {
        Self { city, next: Arc::new(AtomicU32::new(0)) }
    }

    /// The number of a sample that the city does not have.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

/// As many channels as clients, over at most four connections.
///
/// # Panics
/// If the door does not open.
pub async fn channels(endpoint: &str, credentials: &Credentials, clients: usize) -> Vec<Channel> {
    let mut connections = Vec::new();
    for _ in 0..clients.min(CONNECTIONS) {
        connections.push(platform::client::connect(endpoint, credentials).await.expect("a running door opens"));
    }
    connections.into_iter().cycle().take(clients).collect()
}

/// Registrations, each of another child with a request id of its own.
pub async fn register(caller: &Caller, clients: usize, span: Duration) -> Load {
    let city = &caller.city;
    let channels = channels(&city.endpoints().grpc, &city.credentials("CA"), clients).await;
    let clients = channels.into_iter().map(|channel| {
        let (client, next) = (ChildServiceClient::new(channel), Arc::clone(&caller.next));
        move || {
            let mut client = client.clone();
            let request = Samples::registration(next.fetch_add(1, Ordering::Relaxed));
            async move {
                client.register_child(request).await.expect("a sample is registered");
            }
        }
    });
    closed_loop(clients.collect(), span).await
}

/// Reads of single files, over all of `children`.
pub async fn get(city: &City, children: Arc<Vec<String>>, clients: usize, span: Duration) -> Load {
    get_at(&city.endpoints().grpc, &city.credentials("CA"), children, clients, span).await
}

/// The same at any door.
pub(super) async fn get_at(
    endpoint: &str,
    credentials: &Credentials,
    children: Arc<Vec<String>>,
    clients: usize,
    span: Duration,
) -> Load {
    let channels = channels(endpoint, credentials, clients).await;
    let next = Arc::new(AtomicU32::new(0));
    let clients = channels.into_iter().map(|channel| {
        let (client, next, children) = (ChildServiceClient::new(channel), Arc::clone(&next), Arc::clone(&children));
        move || {
            let mut client = client.clone();
            // A large odd step visits all of them in no order that a cache would like.
            let at = next.fetch_add(7_919, Ordering::Relaxed) as usize % children.len();
            let request = GetChildRequest { child: children[at].clone(), ..Default::default() };
            async move {
                client.get_child(request).await.expect("a registered child is found");
            }
        }
    });
    closed_loop(clients.collect(), span).await
}
