use messaging::seal::Signer;

/// PKCS#8 of an Ed25519 key, without the key.
const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// A key that everybody has: what it signed is the same in every run, so that a finding can be shown again.
pub(crate) fn signer(number: u8) -> Signer {
    let directory = tempfile::tempdir().expect("the machine has a place for files");
    let file = directory.path().join("key.pem");
    std::fs::write(&file, pem(number)).expect("the directory is our own");
    Signer::open_or_create(&file).expect("it is a key")
}

/// The same as PEM.
pub(crate) fn pem(number: u8) -> String {
    pem::encode(&pem::Pem::new("PRIVATE KEY", [PKCS8.as_slice(), &[number; 32]].concat()))
}
