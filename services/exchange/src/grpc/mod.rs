//! The exchange's door: parses requests, answers in the contract's messages.

mod mailbox_service;

pub use mailbox_service::MailboxHandler;
