//! Compiles `proto/`, refuses a contract that would leak, and generates the code.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message as _;

#[expect(dead_code, reason = "the build uses the check alone, the library all of it")]
#[path = "src/policy/mod.rs"]
mod policy;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    println!("cargo:rerun-if-changed=src/policy");
    let mut files = Vec::new();
    collect(&root.join("hutong"), &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([root])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(&files)?;
    let bytes = compiler.encode_file_descriptor_set();
    let pool = prost_reflect::DescriptorPool::decode(bytes.as_slice())?;
    let findings = policy::check::check(&pool);
    if !findings.is_empty() {
        for finding in &findings {
            println!("cargo:error={finding}");
        }
        return Err(format!("the contract has {} fault(s)", findings.len()).into());
    }

    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), &bytes)?;
    let redacted = redacted(&pool);
    fs::write(out.join("redacted.rs"), redacted_impls(&redacted))?;
    fs::write(out.join("labelled.rs"), labelled_impls(&pool))?;
    let mut config = prost_build::Config::new();
    config.enable_type_names().skip_debug(redacted.iter().map(|(proto, _)| proto.clone()));
    let mut set = prost_types::FileDescriptorSet::decode(bytes.as_slice())?;
    // The rules are read from the descriptors by reflection: their schema needs no code.
    set.file.retain(|file| file.package() != "buf.validate");
    tonic_prost_build::configure()
        .codec_path("crate::codec::ContractCodec")
        .include_file("contract.rs")
        .compile_fds_with_config(set, config)?;
    Ok(())
}

/// Proto path and Rust path of every type that holds facts about a person.
fn redacted(pool: &prost_reflect::DescriptorPool) -> Vec<(String, String)> {
    let mut types = Vec::new();
    let personal = policy::messages(pool)
        .filter(|message| policy::options::is_personal(message) || policy::options::event(message).is_some());
    for message in personal {
        let module = format!("crate::generated::{}", message.package_name().replace('.', "::"));
        types.push((format!(".{}", message.full_name()), format!("{module}::{}", message.name())));
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            types.push((
                format!(".{}.{}", message.full_name(), oneof.name()),
                format!("{module}::{}::{}", snake_case(message.name()), upper_camel_case(oneof.name())),
            ));
        }
    }
    types
}

/// `Debug` that prints a type's name and nothing of what it holds.
fn redacted_impls(types: &[(String, String)]) -> String {
    types
        .iter()
        .map(|(proto, rust)| {
            format!(
                "impl ::core::fmt::Debug for {rust} {{\n    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{\n        f.write_str(\"{}(redacted)\")\n    }}\n}}\n",
                proto.trim_start_matches('.')
            )
        })
        .collect()
}

/// Every enum of ours whose values have names for people can tell them.
fn labelled_impls(pool: &prost_reflect::DescriptorPool) -> String {
    let has_labels = |kind: &prost_reflect::EnumDescriptor| {
        kind.parent_message().is_none() && kind.values().any(|value| policy::options::label(&value).is_some())
    };
    pool.all_enums()
        .filter(|kind| kind.package_name().starts_with("hutong.") && has_labels(kind))
        .map(|kind| {
            let module = format!("crate::generated::{}", kind.package_name().replace('.', "::"));
            let (name, full_name) = (kind.name(), kind.full_name());
            format!("impl crate::label::Labelled for {module}::{name} {{\n    const ENUM: &'static str = \"{full_name}\";\n}}\n")
        })
        .collect()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn upper_camel_case(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}
