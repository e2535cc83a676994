use std::fmt;

use contract::Department;
use kernel::Division;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// A caller's identity, as its certificate states it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// A department's entry: `spiffe://<city>/department/<CODE>`.
    Department {
        /// `EDU`, or `EDU-371621` for a county's education department.
        code: String,
    },
    /// One of our own services: `spiffe://<city>/service/<name>`.
    Service(String),
}

/// Why a certificate gives no identity. Says nothing of the certificate's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// No client certificate was presented.
    #[error("no client certificate")]
    NoCertificate,
    /// The certificate cannot be parsed.
    #[error("the certificate cannot be read")]
    Malformed,
    /// It holds no URI, so it names nobody.
    #[error("the certificate holds no URI name")]
    NoUri,
    /// It holds several URIs: which of them is meant is nobody's guess.
    #[error("the certificate holds several URI names")]
    SeveralUris,
    /// The URI is of another city.
    #[error("the certificate is of another trust domain")]
    ForeignTrustDomain,
    /// The URI names neither a department nor a service.
    #[error("the certificate names neither a department nor a service")]
    UnknownPath,
}

impl Identity {
    /// Reads the one URI among a DER certificate's subject alternative names. That the certificate is the city's own
    /// and valid today is TLS's part and has been checked before.
    ///
    /// # Errors
    /// [`IdentityError`] unless there is exactly one URI, in this trust domain, and of a known shape.
    pub fn from_certificate(der: &[u8], trust_domain: &str) -> Result<Self, IdentityError> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| IdentityError::Malformed)?;
        let names = certificate.subject_alternative_name().map_err(|_| IdentityError::Malformed)?;
        let names = names.map_or(&[][..], |extension| extension.value.general_names.as_slice());
        let mut uris = names.iter().filter_map(|name| match name {
            GeneralName::URI(uri) => Some(*uri),
            _ => None,
        });
        match (uris.next(), uris.next()) {
            (None, _) => Err(IdentityError::NoUri),
            (Some(_), Some(_)) => Err(IdentityError::SeveralUris),
            (Some(uri), None) => Self::parse(uri, trust_domain),
        }
    }

    /// Parses a SPIFFE URI.
    ///
    /// # Errors
    /// [`IdentityError::ForeignTrustDomain`] or [`IdentityError::UnknownPath`].
    pub fn parse(uri: &str, trust_domain: &str) -> Result<Self, IdentityError> {
        let rest = uri.strip_prefix("spiffe://").ok_or(IdentityError::UnknownPath)?;
        let (domain, path) = rest.split_once('/').ok_or(IdentityError::UnknownPath)?;
        if domain != trust_domain {
            return Err(IdentityError::ForeignTrustDomain);
        }
        match path.split_once('/') {
            Some(("department", code)) if is_department_code(code) => Ok(Self::Department { code: code.to_owned() }),
            Some(("service", name)) if is_service_name(name) => Ok(Self::Service(name.to_owned())),
            _ => Err(IdentityError::UnknownPath),
        }
    }

    /// The identity as the URI of a certificate.
    #[must_use]
    pub fn uri(&self, trust_domain: &str) -> String {
        format!("spiffe://{trust_domain}/{self}")
    }

    /// The department, for a department's identity whose code the contract knows: `EDU` of `EDU-371621`.
    #[must_use]
    pub fn department(&self) -> Option<Department> {
        match self {
            Self::Department { code } => Department::from_code(code.split('-').next().unwrap_or(code)),
            Self::Service(_) => None,
        }
    }

    /// The division of an office of an area, `371621` of `EDU-371621`; `None` for whoever calls for the whole city.
    #[must_use]
    pub fn area(&self) -> Option<&str> {
        match self {
            Self::Department { code } => code.split_once('-').map(|(_, area)| area),
            Self::Service(_) => None,
        }
    }

    /// Whether what lies in this division is in its area: for an office its own division, for all others the whole city.
    #[must_use]
    pub fn covers(&self, division: Division) -> bool {
        // A code that no list of divisions knows is nowhere.
        self.area().is_none_or(|area| area.parse::<Division>().is_ok_and(|area| area.contains(&division)))
    }

    /// The department's entry code or the service's name: `EDU-371621`, `registry`. Safe in logs and spans.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Department { code } => code,
            Self::Service(name) => name,
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Department { code } => write!(f, "department/{code}"),
            Self::Service(name) => write!(f, "service/{name}"),
        }
    }
}

/// Capital letters, then for a county's department a hyphen and its division's digits.
fn is_department_code(code: &str) -> bool {
    let (letters, area) = code.split_once('-').map_or((code, None), |(letters, area)| (letters, Some(area)));
    (2..=8).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_uppercase())
        && area.is_none_or(|area| matches!(area.len(), 6 | 9 | 12) && area.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_service_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
