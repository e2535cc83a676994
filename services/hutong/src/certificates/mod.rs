//! The city's own certificate authority: who is who, for gRPC and for NATS alike.
//!
//! One directory holds it: `authority.{pem,key}`, `server.{pem,key}` for both doors, `service/<name>.{pem,key}` and
//! `department/<CODE>.{pem,key}`. Opening it makes what is missing and renews what runs out, and leaves the rest alone.
//! Departments get their own pair by hand; the authority's key can be taken offline once all are issued.
//!
//! `issued/<serial>.pem` keeps every certificate that was issued or admitted, `revoked.crl` is the authority's signed list of
//! those that are good no more. All else follows from these two: who is let in at either door, and what `hutong cert list`
//! shows. A city with an authority of its own brings authority.pem, the list and the certificates, and no key.
//!
//! **Architecture Invariant:** a client's certificate carries exactly one name, a SPIFFE URI. nats-server maps the first
//! configured user among all names of a certificate; with one name there is nothing to choose.

mod error;

mod admitting;
mod authority;
mod keeping;
mod register;
mod revoking;
mod store;
mod subject;

mod files;
#[cfg(test)]
mod tests;

pub use error::CertificateError;
pub use keeping::Kept;
pub use register::{CertificateState, RegisteredCertificate};
pub use store::{AuthorityInfo, Certificates, Issued, Lives, admitted_keys, revocations_file};
pub use subject::Subject;
