use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why the settings were refused: one sentence that names the place, the key and what is expected there.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named on the command line, or `./hutong.toml`, cannot be read.
    #[error("cannot read the configuration file {}: {reason}", file.display(), reason = source.kind())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no TOML.
    #[error("{}, line {line}: {reason}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Line of the fault, counted from 1.
        line: usize,
        /// What the TOML parser misses, in one line.
        reason: String,
    },
    /// There is no such setting.
    #[error("{}", unknown(place, key, suggestion.as_deref()))]
    UnknownKey {
        /// Where it was found.
        place: Place,
        /// The key as `section.key`.
        key: String,
        /// The nearest key that exists.
        suggestion: Option<String>,
    },
    /// A value of the wrong kind or out of its range.
    #[error("{} is {found}: expected {expected}", place.setting(key))]
    Value {
        /// Where it was found.
        place: Place,
        /// The key as `section.key`.
        key: String,
        /// The value as found, or a word instead of it where it may hold a password.
        found: String,
        /// What is expected.
        expected: String,
    },
    /// An environment variable's value is not UTF-8.
    #[error("environment variable {variable} is not valid UTF-8")]
    NotUnicode {
        /// Its name.
        variable: String,
    },
}

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The file embedded in the binary.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// The environment variable of this name.
    Environment(String),
}

impl Place {
    fn setting<'a>(&'a self, key: &'a str) -> impl fmt::Display + 'a {
        struct Setting<'a>(&'a Place, &'a str);
        impl fmt::Display for Setting<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    Place::Default => write!(f, "`{}` in the embedded defaults", self.1),
                    Place::File(file) => write!(f, "`{}` in {}", self.1, file.display()),
                    Place::Environment(variable) => write!(f, "environment variable {variable}"),
                }
            }
        }
        Setting(self, key)
    }
}

fn unknown(place: &Place, key: &str, suggestion: Option<&str>) -> String {
    let complaint = match place {
        Place::Environment(variable) => format!("environment variable {variable} names no setting"),
        Place::Default | Place::File(_) => format!("{} is no setting", place.setting(key)),
    };
    match (suggestion, place) {
        (None, _) => complaint,
        (Some(suggestion), Place::Environment(_)) => {
            format!("{complaint}: did you mean {}?", super::load::variable(suggestion))
        }
        (Some(suggestion), _) => format!("{complaint}: did you mean `{suggestion}`?"),
    }
}
