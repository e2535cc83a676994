//! A door with one service, for the tests: each of its methods behaves as its comment says.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::uri::PathAndQuery;
use http::{Request, Response};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Status};
use tonic_prost::ProstCodec;
use tower::{Service, service_fn};

use crate::access::Caller;
use crate::client;
use crate::config::{Config, ServerConfig};
use crate::error::ServiceError;
use crate::identity::Credentials;
use crate::pseudonym::Pseudonyms;
use crate::server::{Server, ServerError};
use crate::shutdown::Shutdown;
use crate::test_audit::Book;
use crate::test_authority::{Authority, TRUST_DOMAIN};

pub(crate) struct Door {
    pub(crate) authority: Authority,
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: Shutdown,
    pub(crate) book: Book,
    service: ChildService,
    serving: JoinHandle<Result<(), ServerError>>,
}

impl Door {
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        Self::open_for(Authority::new(), change, |server| server).await
    }

    pub(crate) async fn open_for(
        authority: Authority,
        change: impl FnOnce(&mut ServerConfig),
        build: impl FnOnce(Server) -> Server,
    ) -> Self {
        let mut config = Config::default().server;
        config.listen.set_port(0);
        change(&mut config);
        let service = ChildService::default();
        let book = Book::default();
        let server = Server::new(&config, &authority.server(), TRUST_DOMAIN, pseudonyms(), book.layer()).unwrap();
        let server = build(server).service(service.clone()).bind().await.unwrap();
        let address = server.address();
        let shutdown = Shutdown::new();
        let until = shutdown.clone();
        let serving = tokio::spawn(async move { server.serve(&until).await });
        Self { authority, address, shutdown, book, service, serving }
    }

    pub(crate) async fn connect(&self, credentials: &Credentials) -> Channel {
        client::connect(&self.address.to_string(), credentials).await.unwrap()
    }

    pub(crate) fn connect_lazily(&self, credentials: &Credentials) -> Channel {
        client::connect_lazily(&self.address.to_string(), credentials).unwrap()
    }

    pub(crate) async fn try_call_without_certificate(&self) -> Result<String, Status> {
        let authority = Certificate::from_pem(&self.authority.server().authority_pem);
        let tls = ClientTlsConfig::new().ca_certificate(authority).domain_name(client::SERVER_NAME);
        let endpoint = Endpoint::from_shared(format!("https://{}", self.address)).unwrap();
        call(&endpoint.tls_config(tls).unwrap().connect_lazy(), "GetChild").await
    }

    /// Ends when a call of `UpdateChild` has begun.
    pub(crate) async fn started(&self) {
        self.service.started.acquire().await.unwrap().forget();
    }

    /// Lets one call of `UpdateChild` answer.
    pub(crate) fn release(&self) {
        self.service.may_answer.add_permits(1);
    }

    pub(crate) async fn ended(self) -> SocketAddr {
        self.serving.await.unwrap().unwrap();
        self.address
    }
}

/// References under a key that is kept nowhere.
pub(crate) fn pseudonyms() -> Arc<Pseudonyms> {
    Arc::new(Pseudonyms::generate().unwrap())
}

/// What goes to and fro. It must be a message of every method's, which lacks this field.
#[derive(Clone, PartialEq, prost::Message)]
struct Said {
    #[prost(string, tag = "100")]
    text: String,
}

/// Calls a method of the service with an empty text.
pub(crate) async fn call(channel: &Channel, method: &str) -> Result<String, Status> {
    call_with(channel, method, tonic::Request::new(String::new())).await
}

/// Calls a method of the service with this request.
pub(crate) async fn call_with(
    channel: &Channel,
    method: &str,
    request: tonic::Request<String>,
) -> Result<String, Status> {
    let mut grpc = ready(channel).await?;
    let request = request.map(|text| Said { text });
    let answer = grpc.unary(request, path(method), ProstCodec::<Said, Said>::default()).await?;
    Ok(answer.into_inner().text)
}

/// Reads a streamed answer to its end and gives the code that ends it.
pub(crate) async fn drain_to_code(channel: &Channel, method: &str) -> Code {
    let mut grpc = ready(channel).await.unwrap();
    let request = tonic::Request::new(Said::default());
    let codec = ProstCodec::<Said, Said>::default();
    let mut answers = grpc.server_streaming(request, path(method), codec).await.unwrap().into_inner();
    loop {
        match answers.message().await {
            Ok(Some(_)) => {}
            Ok(None) => return Code::Ok,
            Err(status) => return status.code(),
        }
    }
}

async fn ready(channel: &Channel) -> Result<tonic::client::Grpc<Channel>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    Ok(grpc)
}

fn path(method: &str) -> PathAndQuery {
    format!("/{}/{method}", ChildService::NAME).parse().unwrap()
}

#[derive(Clone)]
struct ChildService {
    started: Arc<Semaphore>,
    may_answer: Arc<Semaphore>,
}

impl Default for ChildService {
    fn default() -> Self {
        let [started, may_answer] = [(), ()].map(|()| Arc::new(Semaphore::new(0)));
        Self { started, may_answer }
    }
}

impl NamedService for ChildService {
    const NAME: &'static str = "hutong.registry.v1.ChildService";
}

impl ChildService {
    async fn answer(&self, method: &str, request: &tonic::Request<Said>) -> Result<String, ServiceError> {
        let caller = Caller::of(request)?.code().to_owned();
        match method {
            // Answers at once with the caller's code.
            "GetChild" => Ok(caller),
            // Says that it began, then waits to be released.
            "UpdateChild" => {
                self.started.add_permits(1);
                self.may_answer.acquire().await.unwrap().forget();
                Ok(caller)
            }
            _ => Err(ServiceError::invalid("page_token", "PAGE_TOKEN", "a token of the same query")),
        }
    }
}

impl Service<Request<Body>> for ChildService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let this = self.clone();
        let method = request.uri().path().rsplit('/').next().unwrap().to_owned();
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<Said, Said>::default());
            // A stream that says one thing and never ends.
            if method == "SearchChildren" {
                let answers = || futures::stream::once(async { Ok(Said::default()) });
                let endless = move || futures::StreamExt::chain(answers(), futures::stream::pending());
                let service = service_fn(move |_: tonic::Request<Said>| {
                    std::future::ready(Ok::<_, Status>(tonic::Response::new(endless())))
                });
                return Ok(grpc.server_streaming(service, request).await);
            }
            let service = service_fn(move |request: tonic::Request<Said>| {
                let (this, method) = (this.clone(), method.clone());
                async move {
                    let text = this.answer(&method, &request).await?;
                    Ok::<_, Status>(tonic::Response::new(Said { text }))
                }
            });
            Ok(grpc.unary(service, request).await)
        })
    }
}
