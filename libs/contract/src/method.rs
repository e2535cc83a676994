//! What a method does, as the contract declares it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::{descriptors, policy};

/// What a method does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It changes nothing, and answers with one message.
    Read,
    /// It changes nothing, and answers with a stream: it is meant to be of many.
    Export,
    /// It may change something.
    Change,
}

/// The kind of a method by its name in the audit, `hutong.registry.v1.ChildService/GetChild`; `None` if the contract has no such
/// method.
pub fn kind(name: &str) -> Option<Kind> {
    static KINDS: LazyLock<HashMap<String, Kind>> = LazyLock::new(|| {
        let kinds = descriptors::methods().map(|(path, method)| {
            let kind = match (policy::options::has_no_side_effects(&method), method.is_server_streaming()) {
                (false, _) => Kind::Change,
                (true, false) => Kind::Read,
                (true, true) => Kind::Export,
            };
            (path.trim_start_matches('/').to_owned(), kind)
        });
        kinds.collect()
    });
    KINDS.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_methods_kind_follows_from_its_declaration() {
        let of = |method: &str| kind(&format!("hutong.registry.v1.{method}"));
        assert_eq!(of("ChildService/GetChild"), Some(Kind::Read));
        assert_eq!(of("ChildService/ListChildren"), Some(Kind::Read));
        assert_eq!(of("RosterService/ExportRoster"), Some(Kind::Export));
        assert_eq!(of("RosterService/ImportRoster"), Some(Kind::Change));
        assert_eq!(of("ChildService/UpdateChild"), Some(Kind::Change));
        assert_eq!(of("ChildService/Nothing"), None);
        assert_eq!(kind("unknown"), None);
    }
}
