use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use platform::client::SERVER_NAME;
use platform::identity::Identity;
use rcgen::string::Ia5String;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose, SanType};

use super::CertificateError;

/// For whom a certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The city's two doors, gRPC and NATS.
    Server {
        /// DNS names beside `localhost` and [`SERVER_NAME`].
        hosts: Vec<String>,
        /// Addresses beside the loopback ones.
        addresses: Vec<IpAddr>,
    },
    /// One who calls: a department or a service.
    Client(Identity),
}

impl Subject {
    /// A department's entry, for example `EDU` or `EDU-371621`.
    #[must_use]
    pub fn department(code: &str) -> Self {
        Self::Client(Identity::Department { code: code.to_owned() })
    }

    /// One of our own services.
    #[must_use]
    pub fn service(name: &str) -> Self {
        Self::Client(Identity::Service(name.to_owned()))
    }

    /// Whether it is for a department, which keeps its own: a city's copy is for its operators.
    #[must_use]
    pub fn is_department(&self) -> bool {
        matches!(self, Self::Client(Identity::Department { .. }))
    }

    /// The same server under one more host name or address. A client has one name and keeps it.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        if let Self::Server { hosts, addresses } = &mut self {
            match name.parse() {
                Ok(address) => addresses.push(address),
                Err(_) => hosts.push(name.to_owned()),
            }
        }
        self
    }

    /// The path below the certificates' directory, without an ending: `server`, `department/EDU`.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Server { .. } => "server".to_owned(),
            Self::Client(identity) => identity.to_string(),
        }
    }

    /// The names that its certificate carries.
    pub(super) fn names(&self, trust_domain: &str) -> Result<Vec<SanType>, CertificateError> {
        let text =
            |text: &str| Ia5String::try_from(text).map_err(|_| CertificateError::Name { subject: self.to_string() });
        match self {
            Self::Client(identity) => Ok(vec![SanType::URI(text(&identity.uri(trust_domain))?)]),
            Self::Server { hosts, addresses } => {
                let hosts = ["localhost", SERVER_NAME].into_iter().chain(hosts.iter().map(String::as_str));
                let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
                let addresses = loopback.into_iter().chain(addresses.iter().copied());
                let mut names = Vec::new();
                for host in hosts {
                    names.push(SanType::DnsName(text(host)?));
                }
                names.extend(addresses.map(SanType::IpAddress));
                let mut once = Vec::with_capacity(names.len());
                for name in names {
                    if !once.contains(&name) {
                        once.push(name);
                    }
                }
                Ok(once)
            }
        }
    }

    /// All of its certificate but validity and key.
    pub(super) fn params(&self, trust_domain: &str) -> Result<CertificateParams, CertificateError> {
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, "Hutong");
        name.push(
            DnType::CommonName,
            match self {
                Self::Server { .. } => SERVER_NAME,
                Self::Client(identity) => identity.code(),
            },
        );
        let mut params = CertificateParams::default();
        params.distinguished_name = name;
        params.subject_alt_names = self.names(trust_domain)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![match self {
            Self::Server { .. } => ExtendedKeyUsagePurpose::ServerAuth,
            Self::Client(_) => ExtendedKeyUsagePurpose::ClientAuth,
        }];
        params.use_authority_key_identifier_extension = true;
        Ok(params)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server { .. } => f.write_str("the server"),
            Self::Client(identity) => identity.fmt(f),
        }
    }
}
