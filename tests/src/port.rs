use std::net::{Ipv4Addr, TcpListener};

/// A port of the loopback that was free a moment ago, for programs that cannot take port 0 themselves.
///
/// # Panics
/// If the machine has none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound listener has an address").port()
}
