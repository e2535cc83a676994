//! A bare tonic unary echo with mutual TLS: the limit of every read.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::TryStreamExt as _;
use platform::identity::Credentials;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{NamedService, UnaryService};
use tonic::transport::{Certificate, Channel, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::bench::{Load, closed_loop};

/// As large as the file of a child.
const PAYLOAD: usize = 300;

#[derive(Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "bench.Echo";
}

impl UnaryService<Vec<u8>> for Echo {
    type Response = Vec<u8>;
    type Future = std::future::Ready<Result<Response<Vec<u8>>, Status>>;

    fn call(&mut self, request: Request<Vec<u8>>) -> Self::Future {
        std::future::ready(Ok(Response::new(request.into_inner())))
    }
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let codec = ProstCodec::<Vec<u8>, Vec<u8>>::default();
            Ok(tonic::server::Grpc::new(codec).unary(Echo, request).await)
        })
    }
}

/// Serves echoes until the process is ended; prints the port first.
///
/// # Errors
/// If the loopback or the certificate cannot be used.
pub async fn serve(server: &Credentials) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(&server.certificate_pem, &server.private_key_pem))
        .client_ca_root(Certificate::from_pem(&server.authority_pem));
    // As our own port: with Nagle's delay the limit would be no limit.
    let connections = TcpListenerStream::new(listener).inspect_ok(|connection| drop(connection.set_nodelay(true)));
    Server::builder().tls_config(tls)?.add_service(Echo).serve_with_incoming(connections).await?;
    Ok(())
}

/// Echoes a second, with as many clients as channels are given.
pub async fn measure(channels: Vec<Channel>, span: Duration) -> Load {
    let clients = channels.into_iter().map(|channel| {
        move || {
            let mut grpc = tonic::client::Grpc::new(channel.clone());
            async move {
                grpc.ready().await.expect("the echo server runs");
                let path = http::uri::PathAndQuery::from_static("/bench.Echo/Echo");
                let codec = ProstCodec::<Vec<u8>, Vec<u8>>::default();
                let request = Request::new(vec![7; PAYLOAD]);
                let answer = grpc.unary(request, path, codec).await.expect("an echo is answered");
                assert_eq!(answer.into_inner().len(), PAYLOAD);
            }
        }
    });
    closed_loop(clients.collect(), span).await
}
