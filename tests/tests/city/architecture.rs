//! The house's directions: who may depend on whom, and how little a domain may know.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tests::tools::workspace;

/// What each of our crates may build on, among our crates. A service is named nowhere but in `hutong` and `tests`.
fn permitted(package: &str) -> &'static [&'static str] {
    match package {
        "kernel" => &[],
        "contract" | "rules" | "evidence" => &["kernel"],
        "platform" => &["kernel", "contract"],
        "messaging" => &["kernel", "evidence", "contract", "platform"],
        "hutong" | "tests" => &[
            "kernel",
            "evidence",
            "rules",
            "contract",
            "platform",
            "messaging",
            "registry",
            "subsidies",
            "exchange",
            "hutong",
        ],
        "fuzz" => &[
            "kernel",
            "evidence",
            "rules",
            "contract",
            "platform",
            "messaging",
            "registry",
            "subsidies",
            "exchange",
            "tests",
        ],
        _service => &["kernel", "evidence", "rules", "contract", "platform", "messaging"],
    }
}

#[test]
fn dependencies_point_downwards_and_no_service_knows_another() {
    let packages = packages();
    for (package, dependencies) in &packages {
        let ours: BTreeSet<&str> =
            dependencies.iter().map(String::as_str).filter(|name| packages.contains_key(*name)).collect();
        let permitted: BTreeSet<&str> = permitted(package).iter().copied().collect();
        let too_many: Vec<_> = ours.difference(&permitted).collect();
        assert!(too_many.is_empty(), "{package} depends on {too_many:?}; it may build on {permitted:?} only");
    }
}

#[test]
fn the_kernel_does_no_io_and_speaks_no_wire_format() {
    let kernel = &packages()["kernel"];
    let permitted = ["thiserror", "uuid", "jiff", "proptest"];
    let too_many: Vec<_> = kernel.iter().filter(|name| !permitted.contains(&name.as_str())).collect();
    assert!(too_many.is_empty(), "kernel depends on {too_many:?}");
}

/// Whatever a handler hands to the journal is committed with the call's entry, since a key knows the call in whose
/// task it is made.
#[test]
fn no_handler_leaves_its_calls_task() {
    let mut handlers = 0;
    for folder in ["services", "libs/messaging"] {
        for file in rust_files(&workspace().join(folder)) {
            let source = fs::read_to_string(&file).unwrap();
            if source.contains("#[tonic::async_trait]") {
                handlers += 1;
                assert!(!source.contains("spawn"), "a handler works in a task that knows no call: {}", file.display());
            }
        }
    }
    assert!(handlers > 15);
}

#[test]
fn a_domain_knows_std_thiserror_and_the_kernel_and_is_synchronous() {
    let packages = packages();
    let mut domains = 0;
    for service in fs::read_dir(workspace().join("services")).unwrap().map(|entry| entry.unwrap().path()) {
        let package = service.file_name().unwrap().to_str().unwrap().to_owned();
        let domain = service.join("src/domain");
        if !domain.is_dir() {
            continue;
        }
        domains += 1;
        let forbidden: BTreeSet<String> = packages[&package]
            .iter()
            .filter(|name| !["kernel", "thiserror"].contains(&name.as_str()))
            .map(|name| name.replace('-', "_"))
            .chain(["serde", "tokio", "tonic", "prost", "sea_orm"].map(str::to_owned))
            .collect();
        // A domain's tests may use a test's tools.
        for file in rust_files(&domain).into_iter().filter(|file| !file.ends_with("tests.rs")) {
            let source = fs::read_to_string(&file).unwrap();
            for (number, line) in source.lines().enumerate() {
                let code = line.split("//").next().unwrap();
                let place = || format!("{}:{}: {}", file.display(), number + 1, line.trim());
                for name in &forbidden {
                    assert!(!mentions_crate(code, name), "a domain imports {name}: {}", place());
                }
                assert!(!words(code).any(|word| word == "async" || word == "await"), "a domain waits: {}", place());
                for from in ["std::fs", "std::net", "std::time::SystemTime", "std::env", "SystemClock"] {
                    assert!(!code.contains(from), "a domain reads the world through {from}: {}", place());
                }
                if let Some(rest) = code.split("crate::").nth(1) {
                    assert!(rest.starts_with("domain"), "a domain looks up to the layers above: {}", place());
                }
            }
        }
    }
    assert!(domains > 0, "no service has a domain: is this test looking at the right folder?");
}

/// A caller compares reasons: each stands in the comment of a method or of its service.
#[test]
fn every_reason_of_a_refusal_stands_in_the_contract() {
    let mut reasons = 0;
    for service in fs::read_dir(workspace().join("services")).unwrap().map(|entry| entry.unwrap().path()) {
        let contract = workspace().join("proto/hutong").join(service.file_name().unwrap()).join("v1");
        if !contract.exists() {
            continue;
        }
        let protos = fs::read_dir(contract).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        let protos = protos.collect::<String>();
        let documented: BTreeSet<&str> = words(&protos).collect();
        let files = rust_files(&service.join("src"));
        let layers =
            |file: &&PathBuf| file.components().any(|part| ["app", "grpc"].map(OsStr::new).contains(&part.as_os_str()));
        for file in files.iter().filter(layers).filter(|file| !file.ends_with("tests.rs")) {
            let source = fs::read_to_string(file).unwrap();
            for reason in source.split('"').skip(1).step_by(2).filter(|text| is_reason(text)) {
                assert!(documented.contains(reason), "{} refuses with {reason}, no proto names it", file.display());
                reasons += 1;
            }
        }
    }
    assert!(reasons > 10, "hardly a reason was found: is this test looking at the right folders?");
}

/// `SCREAMING_SNAKE_CASE` of two words at least.
fn is_reason(text: &str) -> bool {
    text.contains('_') && text.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

/// The names of our packages with the names of all that each depends on, for building and testing too.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(workspace())
        .output()
        .expect("cargo runs, it started this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            (text(&package["name"]), dependencies.iter().map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(rust_files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
    files
}

/// Whether a line names a crate at the beginning of a path.
fn mentions_crate(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    code.match_indices(&path)
        .any(|(at, _)| !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':'))
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
}
