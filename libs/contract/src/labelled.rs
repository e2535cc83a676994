//! The names for people of every enum that has some.

include!(concat!(env!("OUT_DIR"), "/labelled.rs"));
