//! The decoders, lowest crate first.

use crate::Decoder;

macro_rules! decoders {
    ($($name:ident),+ $(,)?) => {
        $(pub mod $name;)+

        /// All of them.
        pub const ALL: &[Decoder] =
            &[$(Decoder { name: stringify!($name), take: $name::take, seeds: $name::seeds }),+];
    };
}

decoders!(
    kernel_text,
    kernel_table,
    public_key,
    note,
    evidence_file,
    time_stamp,
    rule_set,
    request,
    answer,
    references,
    event,
    departments,
    certificate,
    revocation_list,
    call_headers,
    call_body,
    sealed_value,
    mailbox_message,
    stream_event,
    page_token,
    roster_row,
    workbook,
    sheet,
    matching,
);

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_decoder_takes_its_seeds_and_what_is_left_of_them() {
        for decoder in ALL {
            let seeds = (decoder.seeds)();
            assert!(!seeds.is_empty(), "{} has no seed", decoder.name);
            for seed in seeds {
                (decoder.take)(&seed);
                for length in (0..seed.len()).step_by(1 + seed.len() / 16) {
                    (decoder.take)(&seed[..length]);
                }
            }
        }
    }

    #[test]
    fn every_decoder_has_a_target() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/targets");
        let files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
        let mut targets: Vec<_> = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        let mut decoders: Vec<_> = ALL.iter().map(|decoder| decoder.name.to_owned()).collect();
        targets.sort();
        decoders.sort();
        assert_eq!(targets, decoders);
    }
}
