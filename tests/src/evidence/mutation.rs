use evidence::hash::sha256;

use crate::Chance;

/// What is done to a file.
type Mutation = fn(&mut Vec<u8>, &[u8], &mut Chance);

/// Every kind of tampering, by name. Each gets the file and another valid one, of another city.
pub const KINDS: [(&str, Mutation); 14] = [
    ("a bit is flipped", |file, _, chance| {
        let at = chance.below(file.len());
        file[at] ^= 1 << chance.below(8);
    }),
    ("a byte is another one", |file, _, chance| {
        let at = chance.below(file.len());
        file[at] = chance.byte();
    }),
    ("bytes are left out", |file, _, chance| {
        let at = chance.below(file.len());
        let until = (at + 1 + chance.below(40)).min(file.len());
        file.drain(at..until);
    }),
    ("bytes are put in", |file, _, chance| {
        let at = chance.below(file.len());
        let put: Vec<u8> = (0..=chance.below(8)).map(|_| chance.byte()).collect();
        file.splice(at..at, put);
    }),
    ("bytes are copied from elsewhere", |file, _, chance| {
        let length = 1 + chance.below(80.min(file.len() - 1));
        let (from, to) = (chance.below(file.len() - length), chance.below(file.len() - length));
        let copied = file[from..from + length].to_vec();
        file[to..to + length].copy_from_slice(&copied);
    }),
    ("a number is one more or less", |file, _, chance| {
        let digits: Vec<usize> = (0..file.len()).filter(|at| file[*at].is_ascii_digit()).collect();
        let at = digits[chance.below(digits.len())];
        file[at] = if chance.below(2) == 0 { (file[at] - b'0' + 1) % 10 } else { (file[at] - b'0' + 9) % 10 } + b'0';
    }),
    ("a letter has another case", |file, _, chance| {
        let letters: Vec<usize> = (0..file.len()).filter(|at| file[*at].is_ascii_alphabetic()).collect();
        file[letters[chance.below(letters.len())]] ^= 0x20;
    }),
    ("space is put in", |file, _, chance| {
        let places: Vec<usize> = (0..file.len()).filter(|at| b":,{}[]\"\n".contains(&file[*at])).collect();
        file.insert(places[chance.below(places.len())], b" \t\r\n"[chance.below(4)]);
    }),
    ("a line is left out", |file, _, chance| {
        on_lines(file, |lines| drop(lines.remove(chance.below(lines.len()))));
    }),
    ("a line stands twice", |file, _, chance| {
        on_lines(file, |lines| {
            let line = lines[chance.below(lines.len())].clone();
            lines.insert(chance.below(lines.len() + 1), line);
        });
    }),
    ("two lines are exchanged", |file, _, chance| {
        on_lines(file, |lines| {
            let (one, other) = (chance.below(lines.len()), chance.below(lines.len()));
            lines.swap(one, other);
        });
    }),
    ("a line is of another file", |file, other, chance| {
        let others = lines(other);
        on_lines(file, |lines| {
            let at = chance.below(lines.len());
            lines[at] = others[chance.below(others.len())].clone();
        });
    }),
    ("a field is another line's", |file, other, chance| {
        let others = if chance.below(2) == 0 { lines(other) } else { lines(file) };
        on_lines(file, |lines| {
            let at = chance.below(lines.len());
            let source = &others[chance.below(others.len())];
            let places = fields(&lines[at]);
            let (name, begin, end) = &places[chance.below(places.len())];
            if let Some((_, from, until)) = fields(source).iter().find(|(it, ..)| it == name) {
                lines[at].splice(*begin..*end, source[*from..*until].iter().copied());
            }
        });
    }),
    ("the file is cut", |file, _, chance| file.truncate(chance.below(file.len()))),
];

/// A file that was tampered with, and how. Unless it is to be damage in copying, its end is made to fit again, so that it is
/// not the end that tells.
pub fn mutate(file: &[u8], other: &[u8], chance: &mut Chance) -> (&'static str, Vec<u8>) {
    loop {
        let (kind, mutation) = KINDS[chance.below(KINDS.len())];
        let mut mutated = file.to_vec();
        mutation(&mut mutated, other, chance);
        if mutated == file {
            continue;
        }
        if chance.below(10) > 0 {
            refit(&mut mutated);
        }
        // An end that was changed alone fits again.
        if mutated != file {
            return (kind, mutated);
        }
    }
}

/// Gives a file an end that fits its lines.
pub fn refit(file: &mut Vec<u8>) {
    let mut all = lines(file);
    if all.last().is_some_and(|line| line.starts_with(b"{\"end\"")) {
        all.pop();
    }
    let count = all.len();
    let mut written = all.concat();
    let hash: String = sha256(&written).iter().map(|byte| format!("{byte:02x}")).collect();
    written.extend(format!("{{\"end\":{{\"lines\":{count},\"sha256\":\"{hash}\"}}}}\n").into_bytes());
    *file = written;
}

fn lines(file: &[u8]) -> Vec<Vec<u8>> {
    file.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

fn on_lines(file: &mut Vec<u8>, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let mut all = lines(file);
    change(&mut all);
    *file = all.concat();
}

/// The fields of a line that hold a text or a number: name, and where the value stands.
fn fields(line: &[u8]) -> Vec<(Vec<u8>, usize, usize)> {
    let mut fields = Vec::new();
    let mut at = 0;
    while let Some(colon) = line[at..].windows(2).position(|pair| pair == b"\":").map(|found| at + found) {
        let name = line[..colon].iter().rposition(|byte| *byte == b'"').map_or(0, |quote| quote + 1);
        let begin = colon + 2;
        let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b'{' | b'[' | b'\n');
        let end = line[begin..].iter().position(is_end).map_or(line.len(), |found| begin + found);
        fields.push((line[name..colon].to_vec(), begin, end));
        at = begin;
    }
    if fields.is_empty() { vec![(Vec::new(), 0, 0)] } else { fields }
}
