//! Who is on the other side of a connection: exactly one SPIFFE URI in a certificate of the city's own authority.

mod credentials;
mod spiffe;
#[cfg(test)]
mod tests;

pub use credentials::{Credentials, CredentialsError, install_crypto_provider};
pub use spiffe::{Identity, IdentityError};
