//! The city's own certificate authority: who is who, for gRPC and for NATS alike.
//!
//! One directory holds it: `authority.{pem,key}`, `server.{pem,key}` for both doors, `service/<name>.{pem,key}` and
//! `department/<CODE>.{pem,key}`. Opening it makes what is missing and renews what runs out, and leaves the rest alone.
//! Departments get their own pair by hand; the authority's key can be taken offline once all are issued.
//!
//! **Architecture Invariant:** a client's certificate carries exactly one name, a SPIFFE URI. nats-server maps the first
//! configured user among all names of a certificate; with one name there is nothing to choose.

mod error;

mod authority;
mod store;
mod subject;

mod files;
#[cfg(test)]
mod tests;

pub use error::CertificateError;
pub use store::{Certificates, Issued};
pub use subject::Subject;
