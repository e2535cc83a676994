//! Whatever the bytes of a file are.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever stands in a file, the verifier says what is wrong and does not fail.
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let sample = Sample::new();
        let report = verify(Cursor::new(&bytes), Known::of(&sample.known()), |_| ()).unwrap();
        prop_assert!(!report.is_whole());
    }

    /// A changed byte is found out even where the end is made to fit.
    #[test]
    fn no_changed_byte_is_accepted(at in any::<prop::sample::Index>(), by in 1_u8..=255) {
        let sample = Sample::new();
        let mut bytes = written(&sample.lines);
        let end = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let at = at.index(end);
        bytes[at] = bytes[at].wrapping_add(by);
        let kept = bytes[..end].to_vec();
        let lines = kept.iter().filter(|byte| **byte == b'\n').count();
        let refitted = format!("{{\"end\":{{\"lines\":{lines},\"sha256\":\"{}\"}}}}\n", hex::encode(sha256(&kept)));
        let forged = [kept, refitted.into_bytes()].concat();
        let report = verify(Cursor::new(&forged), Known::of(&sample.known()), |_| ()).unwrap();
        prop_assert!(!report.is_whole());
    }
}
