use std::ffi::OsString;

/// What differs from a default city.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CityOptions {
    settings: Vec<(String, String)>,
    environment: Vec<(&'static str, OsString)>,
    departments: Option<String>,
    database_disk_megabytes: Option<u32>,
    services: Option<&'static [&'static str]>,
}

impl CityOptions {
    /// A setting by its path, for example `("telemetry.sample_ratio", "1.0")`.
    #[must_use]
    pub fn set(mut self, path: &str, value: impl Into<String>) -> Self {
        self.settings.push((path.to_owned(), value.into()));
        self
    }

    /// A variable of its environment that is no setting of ours.
    #[must_use]
    pub fn environment(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// The text of the city's own `departments.toml`.
    #[must_use]
    pub fn departments(mut self, text: &str) -> Self {
        self.departments = Some(text.to_owned());
        self
    }

    /// The SQLite files lie on a disk of their own, so large.
    #[must_use]
    pub fn database_disk_megabytes(mut self, megabytes: u32) -> Self {
        self.database_disk_megabytes = Some(megabytes);
        self
    }

    /// Only these services run, with a broker that runs elsewhere. The directory must have been a whole city's.
    #[must_use]
    pub fn only(self, services: &'static [&'static str], broker: &str) -> Self {
        Self { services: Some(services), ..self.set("nats.url", broker) }
    }

    /// The arguments that run the city.
    pub(super) fn arguments(&self) -> Vec<&'static str> {
        match self.services {
            None => vec!["up"],
            Some(services) => [&["serve"], services].concat(),
        }
    }

    pub(super) fn database_disk(&self) -> Option<u32> {
        self.database_disk_megabytes
    }

    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settings.iter().map(|(path, value)| (path.as_str(), value.as_str()))
    }

    pub(super) fn variables(&self) -> &[(&'static str, OsString)] {
        &self.environment
    }

    pub(super) fn departments_text(&self) -> &str {
        self.departments.as_deref().unwrap_or_default()
    }

    pub(super) fn has_departments(&self) -> bool {
        self.departments.is_some()
    }
}
