use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Sender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::Connected;

use super::open::{Entry, OpenConnections};
use super::tls::Shown;
use crate::access::Connection;
use crate::identity::{Identity, IdentityError};

/// How long accepting pauses when the system refuses (no file descriptor left): the next attempt would fail at once too.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes connections, makes the TLS handshake beside each other, reads each certificate once.
///
/// tonic's own acceptor shows the certificates to each request anew and does not bound handshakes or connections.
#[derive(Clone)]
pub(super) struct Acceptor {
    pub(super) tls: Shown,
    pub(super) trust_domain: Arc<str>,
    pub(super) handshake: Duration,
    pub(super) open: OpenConnections,
    pub(super) places: Arc<Semaphore>,
}

impl Acceptor {
    pub(super) async fn run(
        self,
        listener: TcpListener,
        accepted: Sender<io::Result<Accepted>>,
        draining: CancellationToken,
    ) {
        while let Some(()) = draining.run_until_cancelled(self.take(&listener, &accepted)).await {}
    }

    async fn take(&self, listener: &TcpListener, accepted: &Sender<io::Result<Accepted>>) {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.expect("the semaphore is never closed");
        match listener.accept().await {
            Ok((stream, peer)) => {
                let (acceptor, accepted) = (self.clone(), accepted.clone());
                tokio::spawn(async move {
                    if let Some(connection) = acceptor.shake_hands(stream, peer, place).await {
                        // Nobody listens any more once the drain began: the connection closes.
                        drop(accepted.send(Ok(connection)).await);
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn shake_hands(self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) -> Option<Accepted> {
        // Without it small answers wait for the client's acknowledgement; failing is no reason to refuse.
        drop(stream.set_nodelay(true));
        let stream = match tokio::time::timeout(self.handshake, self.tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::info!(%peer, %error, "connection refused: TLS handshake failed");
                return None;
            }
            Err(_) => {
                tracing::info!(%peer, "connection refused: TLS handshake took too long");
                return None;
            }
        };
        let chain: Vec<_> = stream
            .get_ref()
            .1
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|one| one.clone().into_owned())
            .collect();
        let identity = chain
            .first()
            .ok_or(IdentityError::NoCertificate)
            .and_then(|certificate| Identity::from_certificate(certificate, &self.trust_domain));
        if let Err(error) = &identity {
            tracing::info!(%peer, %error, "a certificate of our authority names nobody: its calls are refused");
        }
        let chain: Arc<[_]> = chain.into();
        let entry = self.open.enter(Arc::clone(&chain));
        // Who is in the register is cut by the next list; one that came into force during the handshake is looked up here.
        if self.tls.revokes(&chain) {
            tracing::info!(%peer, "connection refused: the certificate is revoked");
            return None;
        }
        let connection = Connection::new(Some(peer), identity);
        Some(Accepted { stream, connection, entry, _place: place })
    }
}

/// An open connection: encrypted, its caller known.
pub(super) struct Accepted {
    stream: TlsStream<TcpStream>,
    connection: Connection,
    entry: Entry,
    _place: OwnedSemaphorePermit,
}

impl Connected for Accepted {
    type ConnectInfo = Connection;

    fn connect_info(&self) -> Connection {
        self.connection.clone()
    }
}

impl AsyncRead for Accepted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.entry.is_cut(cx) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Accepted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
