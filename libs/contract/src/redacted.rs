//! `Debug` for personal messages: their type alone, never what they hold.

include!(concat!(env!("OUT_DIR"), "/redacted.rs"));
