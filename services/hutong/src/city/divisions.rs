use kernel::{DirectoryError, DivisionDirectory};

/// The administrative divisions of the prefecture, with names: public codes of 2023 (GB/T 2260 and statistical ones).
const CSV: &str = include_str!("../../../../deploy/divisions/3716.csv");

/// The divisions that come with Hutong.
///
/// # Errors
/// If the table is damaged, which a test excludes.
pub(super) fn read_divisions() -> Result<DivisionDirectory, DirectoryError> {
    DivisionDirectory::from_csv(CSV)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_that_comes_with_hutong_knows_its_villages() {
        let directory = super::read_divisions().unwrap();
        assert!(directory.find("滨城区", "市中街道", "新苑社区居委会").is_ok());
    }
}
