//! The code generated from `proto/`.

#![expect(
    missing_docs,
    clippy::pedantic,
    clippy::doc_markdown,
    reason = "generated; the documentation is that of the proto files"
)]

include!(concat!(env!("OUT_DIR"), "/contract.rs"));
