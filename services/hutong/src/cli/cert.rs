use std::sync::Arc;

use anyhow::bail;
use kernel::SystemClock;

use super::arguments::{CertCommand, CertKind, Global};
use super::say::say;
use crate::certificates::{Certificates, Subject};
use crate::city::{DataDirectory, SERVICES, read_mailboxes, server_subject};

pub(super) fn run(global: &Global, command: &CertCommand) -> anyhow::Result<()> {
    let CertCommand::Issue { kind, name, out } = command;
    let config = global.settings()?;
    let subject = match kind {
        CertKind::Department => {
            let owner = contract::department::owner().code.as_str();
            if name != owner && read_mailboxes(&config)?.get(name).is_none() {
                bail!("{name} has no mailbox in this city: see `hutong contract catalogue` and departments.file");
            }
            Subject::department(name)
        }
        CertKind::Service => {
            if !SERVICES.contains(&name.as_str()) {
                bail!("{name} is no service: one of {}", SERVICES.join(", "));
            }
            Subject::service(name)
        }
        CertKind::Server => server_subject(&config).with_name(name),
    };
    // The directory is made by `up`; a certificate may be issued before.
    DataDirectory::at(&config.data.directory)?.create()?;
    let certificates =
        Certificates::open_or_create(&config.tls_directory(), &config.city.trust_domain, Arc::new(SystemClock))?;
    let issued = match out {
        Some(out) => certificates.issue_apart(&subject, out)?,
        None => certificates.renew(&subject)?,
    };
    say!("certificate  {}", issued.certificate.display());
    say!("key          {}", issued.key.display());
    say!("authority    {}", issued.authority.display());
    Ok(())
}
