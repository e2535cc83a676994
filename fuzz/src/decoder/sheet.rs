//! The sheet in a workbook: XML in an archive, whose checksums would keep a fuzzer out.

use std::io::{Cursor, Read as _, Write as _};
use std::sync::LazyLock;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::workbook;

const SHEET: &str = "xl/worksheets/sheet1.xml";
const TEXTS: &str = "xl/sharedStrings.xml";
/// What stands between the two parts that the fuzzer writes.
const BETWEEN: u8 = 0;

/// As [`workbook::take`].
pub fn take(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == BETWEEN);
    let (sheet, texts) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut put = |name: &str, content: &[u8]| {
        archive.start_file(name, stored).and_then(|()| Ok(archive.write_all(content)?)).expect("memory takes it");
    };
    for (name, content) in FORM.iter().filter(|(name, _)| name != SHEET && name != TEXTS) {
        put(name, content);
    }
    put(SHEET, sheet);
    put(TEXTS, texts);
    workbook::take(&archive.finish().expect("memory takes it").into_inner());
}

/// The files of an empty form.
static FORM: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| files(&workbook::seeds()[0]));

fn files(workbook: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).expect("we wrote it");
    let count = archive.len();
    let file = |place| {
        let mut file = archive.by_index(place).expect("it counts its files");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("we wrote it");
        (file.name().expect("we wrote it").into_owned(), content)
    };
    (0..count).map(file).collect()
}

/// The sheets and texts of all forms, and a sheet with each kind of cell.
pub fn seeds() -> Vec<Vec<u8>> {
    let part = |files: &[(String, Vec<u8>)], name: &str| {
        files.iter().find(|(file, _)| file == name).map(|(_, content)| content.clone()).unwrap_or_default()
    };
    let mut seeds: Vec<Vec<u8>> = workbook::seeds()
        .iter()
        .map(|seed| files(seed))
        .map(|files| [part(&files, SHEET), vec![BETWEEN], part(&files, TEXTS)].concat())
        .collect();
    let cells = "<worksheet><dimension ref=\"A1:D2\"/><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>姓名</t></is></c>\
                 <c r=\"B1\" t=\"b\"><v>1</v></c><c r=\"C1\" t=\"e\"><v>#REF!</v></c><c r=\"D1\" t=\"d\"><v>2024-05-17</v></c></row>\
                 <row r=\"2\"><c r=\"A2\"><v>42190.5</v></c><c r=\"B2\" t=\"str\"><f>A1</f><v>x</v></c></row></sheetData>\
                 <mergeCells count=\"1\"><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>";
    seeds.push(cells.into());
    seeds
}
