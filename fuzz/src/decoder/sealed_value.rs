//! What lies sealed in the database.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::LazyLock;

use platform::vault::{Fields, Vault};

const PLACE: &[u8] = b"fuzz.table.column:1";
const FIELDS: Fields = Fields::new("fuzz.table.fields", &["one", "two", "three"]);
const PLAIN: [&[u8]; 3] = [b"", "王小明".as_bytes(), &[7; 100]];

static VAULT: LazyLock<Vault> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("the machine has a place for files");
    let file = directory.path().join("vault");
    let secret = |number: &str| number.repeat(32);
    std::fs::write(&file, format!("search {}\nkey 1 {}\n", secret("a1"), secret("b2"))).expect("our own directory");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("our own file");
    Vault::open(&file).expect("it has both keys")
});

/// Only what was sealed opens, and to what it was.
pub fn take(data: &[u8]) {
    if let Ok(plain) = VAULT.unseal(PLACE, data) {
        assert!(PLAIN.contains(&plain.as_slice()), "what nobody sealed");
    }
    if let Ok(values) = VAULT.unseal_fields(FIELDS, &FIELDS.place(b"1"), data) {
        let sealed = |(value, plain): (&Option<Vec<u8>>, &[u8])| value.as_ref().is_none_or(|value| value == plain);
        assert!(values.iter().zip(PLAIN).all(sealed), "what nobody sealed");
    }
    for name in FIELDS.names() {
        drop(Vault::without_field(FIELDS, name, data));
    }
}

/// Values, and fields with and without one that was erased.
pub fn seeds() -> Vec<Vec<u8>> {
    let seal = |plain: &[u8]| VAULT.seal(PLACE, plain).expect("chance");
    let mut seeds: Vec<Vec<u8>> = PLAIN.iter().map(|plain| seal(plain)).collect();
    let fields = VAULT.seal_fields(FIELDS, &FIELDS.place(b"1"), &PLAIN).expect("chance");
    seeds.push(Vault::without_field(FIELDS, "two", &fields).expect("it has one"));
    seeds.push(fields);
    seeds
}
