use std::fs;
use std::io::{ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use super::BrokerError;

/// The address for a configured one. Port 0 takes a free port and remembers it in `memory`, so that departments find
/// the same one after a restart.
pub(super) fn choose(configured: SocketAddr, memory: &Path) -> Result<SocketAddr, BrokerError> {
    if configured.port() != 0 {
        return probe(configured);
    }
    let remembered =
        fs::read_to_string(memory).ok().and_then(|text| text.trim().parse::<u16>().ok()).filter(|port| *port != 0);
    if let Some(port) = remembered
        && let Ok(address) = probe(SocketAddr::new(configured.ip(), port))
    {
        return Ok(address);
    }
    let address = probe(configured)?;
    fs::write(memory, address.port().to_string())
        .map_err(|source| BrokerError::File { path: memory.to_owned(), source })?;
    Ok(address)
}

/// Listens for a moment: nats-server says a port in use in many words, we in one line.
fn probe(address: SocketAddr) -> Result<SocketAddr, BrokerError> {
    TcpListener::bind(address).and_then(|listener| listener.local_addr()).map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => BrokerError::PortInUse(address),
        _ => BrokerError::Listen { address, source },
    })
}

/// How we reach a server that listens at `address`.
pub(super) fn reached_at(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        _ => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()),
    }
}

/// Whether a nats-server greets there. It does so once its streams are recovered, before TLS begins.
pub(super) fn answers(address: SocketAddr) -> bool {
    const WAIT: Duration = Duration::from_millis(500);
    let Ok(mut stream) = TcpStream::connect_timeout(&address, WAIT) else {
        return false;
    };
    let mut greeting = [0; 5];
    stream.set_read_timeout(Some(WAIT)).is_ok() && stream.read_exact(&mut greeting).is_ok() && &greeting == b"INFO "
}
