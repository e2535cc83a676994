use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat, Source, Value, ValueKind};

use super::{Config, ConfigError, Place};

/// The file read when none is named and it exists.
pub const IMPLICIT_FILE: &str = "hutong.toml";
/// What a setting's environment variable begins with.
pub const ENVIRONMENT_PREFIX: &str = "HUTONG__";

pub(super) const DEFAULTS: &str = include_str!("default.toml");

/// Keys whose values are not repeated in an error: they may hold a password.
const SECRET: [&str; 2] = ["database.url", "nats.url"];

/// A setting's environment variable: `server.listen` is `HUTONG__SERVER__LISTEN`.
pub(super) fn variable(key: &str) -> String {
    format!("{ENVIRONMENT_PREFIX}{}", key.replace('.', "__").to_uppercase())
}

pub(super) fn defaults() -> Config {
    merge(None, BTreeMap::new()).expect("the embedded defaults are valid: a test holds it")
}

pub(super) fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Config, ConfigError> {
    let file = match file {
        Some(file) => Some((file.to_owned(), read_file(file)?)),
        None => match read_file(Path::new(IMPLICIT_FILE)) {
            Ok(text) => Some((PathBuf::from(IMPLICIT_FILE), text)),
            Err(ConfigError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        },
    };
    merge(file, ours(environment)?)
}

fn read_file(file: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(file).map_err(|source| ConfigError::Unreadable { file: file.to_owned(), source })
}

/// The variables that begin with our prefix.
fn ours(environment: impl Iterator<Item = (OsString, OsString)>) -> Result<BTreeMap<String, String>, ConfigError> {
    environment
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX))
        .map(|(variable, value)| match value.into_string() {
            Ok(value) => Ok((variable, value)),
            Err(_) => Err(ConfigError::NotUnicode { variable }),
        })
        .collect()
}

fn merge(file: Option<(PathBuf, String)>, environment: BTreeMap<String, String>) -> Result<Config, ConfigError> {
    let variables: HashMap<String, String> = environment
        .keys()
        .map(|variable| (variable[ENVIRONMENT_PREFIX.len()..].to_lowercase().replace("__", "."), variable.clone()))
        .collect();
    let embedded = File::from_str(DEFAULTS, FileFormat::Toml);
    let known = keys(&embedded);
    let mut builder = config::Config::builder().add_source(embedded);
    let mut places: HashMap<String, (Place, String)> = HashMap::new();
    let mut accept = |found: BTreeMap<String, String>, place: &dyn Fn(&str) -> Place| {
        for (key, value) in found {
            let place = place(&key);
            check(&known, &key, &value, &place)?;
            places.insert(key, (place, value));
        }
        Ok(())
    };

    if let Some((path, text)) = file {
        syntax(&path, &text)?;
        let source = File::from_str(&text, FileFormat::Toml);
        accept(keys(&source), &|_| Place::File(path.clone()))?;
        builder = builder.add_source(source);
    }
    let environment = Environment::with_prefix("HUTONG")
        .prefix_separator("__")
        .separator("__")
        .source(Some(environment.into_iter().collect()));
    accept(keys(&environment), &|key| Place::Environment(variables.get(key).cloned().unwrap_or_default()))?;

    let merged = builder.add_source(environment).build().and_then(config::Config::try_deserialize);
    merged.map_err(|error| refused(error, &places))
}

/// A source's values by `section.key`, as text.
fn keys(source: &dyn Source) -> BTreeMap<String, String> {
    let mut flat = BTreeMap::new();
    for (key, value) in source.collect().unwrap_or_default() {
        flatten(&key, value, &mut flat);
    }
    flat
}

fn flatten(path: &str, value: Value, flat: &mut BTreeMap<String, String>) {
    match value.kind {
        ValueKind::Table(table) if !table.is_empty() => {
            for (key, value) in table {
                flatten(&format!("{path}.{key}"), value, flat);
            }
        }
        ValueKind::Table(_) => {
            flat.insert(path.to_owned(), "an empty section".to_owned());
        }
        ValueKind::String(text) => {
            flat.insert(path.to_owned(), format!("{text:?}"));
        }
        ValueKind::Array(_) => {
            flat.insert(path.to_owned(), "a list".to_owned());
        }
        _ => {
            flat.insert(path.to_owned(), value.to_string());
        }
    }
}

fn check(known: &BTreeMap<String, String>, key: &str, value: &str, place: &Place) -> Result<(), ConfigError> {
    if known.contains_key(key) {
        return Ok(());
    }
    let section = format!("{key}.");
    if known.keys().any(|known| known.starts_with(&section)) {
        if value == "an empty section" {
            return Ok(());
        }
        let expected = format!("a section: [{key}] and its keys");
        return Err(ConfigError::Value {
            place: place.clone(),
            key: key.to_owned(),
            found: value.to_owned(),
            expected,
        });
    }
    let nearest = known.keys().map(|known| (distance(known, key), known)).min();
    let suggestion = nearest.filter(|(distance, known)| *distance <= known.len() / 3).map(|(_, known)| known.clone());
    Err(ConfigError::UnknownKey { place: place.clone(), key: key.to_owned(), suggestion })
}

/// Finds a fault of TOML's own before the layers are read, to name its line.
fn syntax(file: &Path, text: &str) -> Result<(), ConfigError> {
    toml::from_str::<toml::Table>(text).map(drop).map_err(|error| {
        let before = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count());
        let reason = error.message().lines().collect::<Vec<_>>().join(", ");
        ConfigError::Syntax { file: file.to_owned(), line: before + 1, reason }
    })
}

/// Turns the deserializer's complaint into ours: the key, where its value came from, what is expected.
fn refused(error: config::ConfigError, places: &HashMap<String, (Place, String)>) -> ConfigError {
    let (key, expected) = match error {
        config::ConfigError::At { error, key, .. } => (key.unwrap_or_default(), error.to_string()),
        config::ConfigError::Type { expected, key, .. } => (key.unwrap_or_default(), expected.to_owned()),
        other => (String::new(), other.to_string()),
    };
    let (place, mut found) = places.get(&key).cloned().unwrap_or((Place::Default, "absent".to_owned()));
    if SECRET.contains(&key.as_str()) {
        "set to something else (not shown, it may hold a password)".clone_into(&mut found);
    }
    ConfigError::Value { place, key, found, expected }
}

/// Levenshtein's distance, for "did you mean".
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let substitute = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
