//! A time-stamp authority (RFC 3161): OpenSSL's, behind an HTTP server, honest or not.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use der::asn1::{Int, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use x509_tsp::TimeStampReq;

use crate::tools::openssl;

/// How the authority behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conduct {
    /// It gives its word.
    Honest,
    /// It answers somebody else's request.
    OtherNonce,
    /// It stamps something else.
    OtherImprint,
    /// It is not the authority, but has given itself its name.
    SelfMade,
    /// It signs with a certificate of the authority's that is not for time-stamps.
    OtherPurpose,
    /// It refuses in its own words.
    Rejecting,
    /// It says what nobody understands.
    Garbage,
    /// It says too much.
    Oversized,
    /// It sends a web page.
    WebPage,
    /// It never ends its answer.
    Silent,
    /// It is out of service.
    Down,
}

const CONFIG: &str = "\
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
[stamps]
extendedKeyUsage = critical, timeStamping
[server]
extendedKeyUsage = critical, serverAuth
subjectAltName = IP:127.0.0.1
[authority]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
clock_precision_digits = 6
accuracy = secs:1, millisecs:500, microsecs:100
";

/// The authority, for as long as this lives.
#[derive(Debug)]
pub struct TimeStampAuthority {
    inner: Arc<Inner>,
    url: String,
}

#[derive(Debug)]
struct Inner {
    folder: TempDir,
    conduct: Mutex<Conduct>,
    asked: AtomicUsize,
    /// OpenSSL counts its answers in a file: one at a time.
    turn: tokio::sync::Mutex<()>,
}

impl TimeStampAuthority {
    /// Makes its certificates and listens.
    ///
    /// # Panics
    /// If OpenSSL is missing.
    pub async fn start() -> Self {
        Self::open("http").await
    }

    /// The same behind HTTPS, with a certificate of its root's.
    pub async fn start_behind_https() -> Self {
        Self::open("https").await
    }

    async fn open(scheme: &str) -> Self {
        let folder = tempfile::tempdir().expect("the machine has a place for files");
        std::fs::write(folder.path().join("openssl.cnf"), CONFIG).expect("it is our own");
        for (name, issuer, section, subject) in [
            ("root", "root", "root", "/O=Test/CN=root"),
            ("stamps", "root", "stamps", "/O=Test/CN=stamps"),
            ("server", "root", "server", "/O=Test/CN=server"),
            ("impostor", "impostor", "root", "/O=Test/CN=root"),
            ("forged", "impostor", "stamps", "/O=Test/CN=stamps"),
        ] {
            certificate(folder.path(), name, issuer, section, subject);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("{scheme}://{}/tsr", listener.local_addr().expect("it is bound"));
        let tls = (scheme == "https").then(|| tls(folder.path()));
        let inner = Arc::new(Inner {
            folder,
            conduct: Mutex::new(Conduct::Honest),
            asked: AtomicUsize::new(0),
            turn: tokio::sync::Mutex::default(),
        });
        tokio::spawn(serve(listener, tls, Arc::downgrade(&inner)));
        Self { inner, url }
    }

    /// Where it is asked.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its root's certificate.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.inner.folder.path().join("root.pem")
    }

    /// The certificate of somebody else of the same name.
    #[must_use]
    pub fn impostors_certificate(&self) -> PathBuf {
        self.inner.folder.path().join("impostor.pem")
    }

    /// From now on it behaves so.
    pub fn behave(&self, conduct: Conduct) {
        *self.inner.conduct.lock().unwrap_or_else(PoisonError::into_inner) = conduct;
    }

    /// How often it was asked.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.inner.asked.load(Ordering::SeqCst)
    }
}

async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, authority: Weak<Inner>) {
    while let Ok((connection, _)) = listener.accept().await {
        let Some(authority) = authority.upgrade() else { return };
        let tls = tls.clone();
        tokio::spawn(async move {
            match tls {
                None => speak(connection, authority).await,
                // Who asks may not trust us.
                Some(tls) => {
                    if let Ok(connection) = tls.accept(connection).await {
                        speak(connection, authority).await;
                    }
                }
            }
        });
    }
}

async fn speak(connection: impl AsyncRead + AsyncWrite + Unpin, authority: Arc<Inner>) {
    let answer = service_fn(move |request| answer(Arc::clone(&authority), request));
    // Who asks may leave.
    drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(connection), answer).await);
}

/// As a server whose certificate is the root's.
fn tls(folder: &Path) -> TlsAcceptor {
    platform::identity::install_crypto_provider();
    let certificate = CertificateDer::from_pem_file(folder.join("server.pem")).expect("OpenSSL has written it");
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).expect("OpenSSL has written it");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key);
    TlsAcceptor::from(Arc::new(config.expect("they belong together")))
}

async fn answer(authority: Arc<Inner>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    authority.asked.fetch_add(1, Ordering::SeqCst);
    let conduct = *authority.conduct.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(request.headers()[header::CONTENT_TYPE], "application/timestamp-query");
    let query = request.into_body().collect().await.expect("whoever asks ends its request").to_bytes();
    let signed = |query: TimeStampReq, signer: &'static str| authority.sign(query.to_der().expect("it is one"), signer);
    let mut query = TimeStampReq::from_der(&query).expect("a request is one");
    let body = match conduct {
        Conduct::Honest => signed(query, "stamps").await,
        Conduct::OtherNonce => {
            query.nonce = Some(Int::new(&[1, 2, 3]).expect("a number"));
            signed(query, "stamps").await
        }
        Conduct::OtherImprint => {
            query.message_imprint.hashed_message = OctetString::new([7; 32]).expect("a hash");
            signed(query, "stamps").await
        }
        Conduct::SelfMade => signed(query, "forged").await,
        Conduct::OtherPurpose => signed(query, "server").await,
        Conduct::Rejecting => {
            query.req_policy = Some(ObjectIdentifier::new_unwrap("1.2.3.4.9"));
            signed(query, "stamps").await
        }
        Conduct::Garbage => vec![0x30, 0x82, 1, 2, 3],
        Conduct::Oversized => vec![0x30; 1 << 20],
        Conduct::WebPage => return Ok(response("text/html", b"<html>".to_vec())),
        Conduct::Silent => std::future::pending().await,
        Conduct::Down => {
            let mut down = response("text/plain", Vec::new());
            *down.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return Ok(down);
        }
    };
    Ok(response("application/timestamp-reply", body))
}

fn response(kind: &str, body: Vec<u8>) -> Response<Full<Bytes>> {
    Response::builder().header(header::CONTENT_TYPE, kind).body(Full::from(body)).expect("well-formed")
}

impl Inner {
    async fn sign(&self, query: Vec<u8>, signer: &str) -> Vec<u8> {
        let _turn = self.turn.lock().await;
        let folder = self.folder.path();
        std::fs::write(folder.join("query"), query).expect("it is our own");
        let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let arguments = ["ts", "-reply", "-queryfile", "query", "-config", "openssl.cnf", "-section", "authority"];
        let output = tokio::process::Command::new(openssl().unwrap_or_else(|missing| panic!("{missing}")))
            .args(arguments)
            .args(["-signer", &certificate, "-inkey", &key, "-out", "reply"])
            .env("OPENSSL_CONF", "openssl.cnf")
            .current_dir(folder)
            .output()
            .await
            .expect("OpenSSL can be run");
        let reply = std::fs::read(folder.join("reply"));
        reply.unwrap_or_else(|_| panic!("OpenSSL answers: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// A key and its certificate. One that is its own issuer signs itself.
fn certificate(folder: &Path, name: &str, issuer: &str, section: &str, subject: &str) {
    let (key, file) = (format!("{name}.key"), format!("{name}.pem"));
    run(folder, &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", &key]);
    let mut arguments = vec!["req", "-x509", "-new", "-config", "openssl.cnf", "-key", &key, "-subj", subject];
    arguments.extend(["-days", "30", "-extensions", section, "-out", &file]);
    let (issuers_file, issuers_key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
    if issuer != name {
        arguments.extend(["-CA", &issuers_file, "-CAkey", &issuers_key]);
    }
    run(folder, &arguments);
}

/// Runs OpenSSL.
///
/// # Panics
/// If it is missing or refuses.
pub fn run(folder: &Path, arguments: &[&str]) {
    let openssl = openssl().unwrap_or_else(|missing| panic!("{missing}"));
    let output = Command::new(openssl).args(arguments).current_dir(folder).output().expect("OpenSSL can be run");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
