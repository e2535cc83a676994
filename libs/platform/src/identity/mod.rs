//! Who is on the other side of a connection: exactly one SPIFFE URI in a certificate of the city's own authority, which
//! the authority has not revoked.

mod credentials;
mod revocation;
mod spiffe;
#[cfg(test)]
mod tests;

pub use credentials::{Credentials, CredentialsError, install_crypto_provider};
pub use revocation::{RevocationError, RevocationList, Revocations};
pub use spiffe::{Identity, IdentityError};
