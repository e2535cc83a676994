use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use super::{Config, LogFormat, SyncInterval};

/// What loading a file and an environment says, with the file's directory left out.
fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hutong.toml");
    fs::write(&path, file).unwrap();
    let environment = environment.iter().map(|(name, value)| (*name, *value));
    Config::load_with(Some(&path), environment).map_err(|error| {
        let text = error.to_string();
        assert!(!text.contains('\n'), "one line: {text:?}");
        text.replace(&format!("{}/", directory.path().display()), "")
    })
}

fn refused(file: &str, environment: &[(&str, &str)], expected: &str) {
    match load(file, environment) {
        Ok(_) => panic!("accepted; expected {expected:?}"),
        Err(found) => assert_eq!(found, expected),
    }
}

#[test]
fn the_embedded_defaults_are_valid_and_every_key_is_explained_with_its_variable() {
    let config = Config::default();
    assert_eq!(config.server.listen.port(), 7443);
    assert_eq!(config.nats.sync_interval, SyncInterval::Every(Duration::from_secs(120)));
    assert_eq!(config.database.url, None);
    assert_eq!(config.tls_directory(), std::path::Path::new("./data/tls"));

    let mut section = "";
    let mut previous = "";
    for line in Config::defaults_text().lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            let variable = format!("# HUTONG__{}__{}", section.to_uppercase().replace('.', "__"), key.to_uppercase());
            assert_eq!(previous, variable, "above `{key}`");
        }
        previous = line;
    }
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\ndrain_seconds = 5\n[telemetry]\nlog_format = \"json\"\n";
    let config = load(file, &[("HUTONG__SERVER__LISTEN", "127.0.0.1:2"), ("PATH", "/bin")]).unwrap();
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!(config.server.drain, Duration::from_secs(5));
    assert_eq!(config.server.max_message_bytes, 4 << 20);
    assert_eq!(config.telemetry.log_format, LogFormat::Json);
}

#[test]
fn every_kind_of_value_is_read_from_the_environment() {
    let config = load(
        "",
        &[
            ("HUTONG__RELAY__IN_FLIGHT", "8"),
            ("HUTONG__TELEMETRY__SAMPLE_RATIO", "1"),
            ("HUTONG__NATS__SYNC_INTERVAL", "always"),
            ("HUTONG__JOURNAL__MAX_WAIT_US", "250"),
            ("HUTONG__RELAY__SCAN_INTERVAL_MS", "100"),
            ("HUTONG__CITY__DIVISION", "371600"),
            ("HUTONG__DATABASE__URL", "postgres://u:p@h/d"),
            ("HUTONG__NATS__URL", ""),
        ],
    )
    .unwrap();
    assert_eq!(config.relay.in_flight, 8);
    assert!((config.telemetry.sample_ratio - 1.0).abs() < f64::EPSILON);
    assert_eq!(config.nats.sync_interval.to_string(), "always");
    assert_eq!(config.journal.max_wait, Duration::from_micros(250));
    assert_eq!(config.relay.scan_interval, Duration::from_millis(100));
    assert_eq!(config.database.url.as_deref(), Some("postgres://u:p@h/d"));
    assert!(!format!("{config:?}").contains("u:p"), "a password is never printed");
}

#[test]
fn an_unknown_key_is_refused_by_its_place_and_the_nearest_key_is_offered() {
    refused(
        "[server]\nlisten_on = \"x\"\n",
        &[],
        "`server.listen_on` in hutong.toml is no setting: did you mean `server.listen`?",
    );
    refused("[sever]\n", &[], "`sever` in hutong.toml is no setting");
    refused("colour = \"red\"\n", &[], "`colour` in hutong.toml is no setting");
    refused(
        "",
        &[("HUTONG__SERVER__LISTN", "127.0.0.1:1")],
        "environment variable HUTONG__SERVER__LISTN names no setting: did you mean HUTONG__SERVER__LISTEN?",
    );
    refused("", &[("HUTONG__X", "1")], "environment variable HUTONG__X names no setting");
}

#[test]
fn an_impossible_value_is_refused_with_what_is_expected() {
    let whole = "a whole number of seconds from 0 to 3600";
    for (written, shown) in [("\"soon\"", "\"soon\""), ("-1", "-1"), ("3601", "3601"), ("1.5", "1.5"), ("true", "true")]
    {
        let expected = format!("`server.drain_seconds` in hutong.toml is {shown}: expected {whole}");
        refused(&format!("[server]\ndrain_seconds = {written}\n"), &[], &expected);
    }
    refused(
        "[server]\ndrain_seconds = 5\n",
        &[("HUTONG__SERVER__DRAIN_SECONDS", "soon")],
        "environment variable HUTONG__SERVER__DRAIN_SECONDS is \"soon\": expected a whole number of seconds from 0 to 3600",
    );
    refused(
        "[server]\nlisten = \"here\"\n",
        &[],
        "`server.listen` in hutong.toml is \"here\": expected an IP address and a port, such as 127.0.0.1:7443",
    );
    refused(
        "[nats]\nsync_interval = \"2h\"\n",
        &[],
        "`nats.sync_interval` in hutong.toml is \"2h\": expected \"always\", or a time from 1s to 1h such as \"2m\"",
    );
    refused(
        "[telemetry]\nlog = \"=,=\"\n",
        &[],
        "`telemetry.log` in hutong.toml is \"=,=\": expected error, warn, info, debug or trace, or directives such as \"info,exchange=debug\"",
    );
    refused("[city]\nname = \"\"\n", &[], "`city.name` in hutong.toml is \"\": expected some text");
    refused("server = 5\n", &[], "`server` in hutong.toml is 5: expected a section: [server] and its keys");
    refused("[data]\ndirectory = [\"a\"]\n", &[], "`data.directory` in hutong.toml is a list: expected a path");
}

#[test]
fn a_value_that_may_hold_a_password_is_not_repeated() {
    refused(
        "",
        &[("HUTONG__DATABASE__URL", "mysql://root:secret@db/x")],
        "environment variable HUTONG__DATABASE__URL is set to something else (not shown, it may hold a password): \
         expected nothing, or a URL that begins with postgres://",
    );
}

#[test]
fn a_broken_missing_or_unreadable_source_is_named() {
    refused("[server]\nlisten = \n", &[], "hutong.toml, line 2: string values must be quoted, expected literal string");
    let missing = Config::load_with(Some("absent/city.toml".as_ref()), [("", ""); 0]).unwrap_err();
    assert_eq!(missing.to_string(), "cannot read the configuration file absent/city.toml: entity not found");
    let bytes = [(OsString::from("HUTONG__CITY__NAME"), OsString::from_vec(vec![0xff]))];
    let error = Config::load_with(None, bytes).unwrap_err();
    assert_eq!(error.to_string(), "environment variable HUTONG__CITY__NAME is not valid UTF-8");
}

#[test]
fn a_night_is_two_times_of_day_or_none() {
    let night = |text: &str| load(&format!("[unusual]\nnight = \"{text}\"\n"), &[]).map(|config| config.unusual.night);
    let hours = |text: &str| {
        let night = night(text).unwrap().unwrap();
        (night.from().as_secs() / 60, night.until().as_secs() / 60)
    };
    assert_eq!(hours("22:00-06:00"), (22 * 60, 30 * 60));
    assert_eq!(hours("00:30-05:59"), (30, 5 * 60 + 59));
    assert_eq!(night(""), Ok(None));
    for text in
        ["22-6", "22:00", "22:00-24:00", "22:00-6:00", "22:60-06:00", "06:00-06:00", "22:00-06:00-07:00", "+2:00-06:00"]
    {
        let expected = "expected nothing, or two times of day such as 22:00-06:00";
        refused(
            &format!("[unusual]\nnight = \"{text}\"\n"),
            &[],
            &format!("`unusual.night` in hutong.toml is \"{text}\": {expected}"),
        );
    }
}
