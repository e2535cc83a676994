use async_nats::HeaderMap;
use bytes::Bytes;

/// A message of a stream in a form that a fuzzer can change: `name: value` lines, the subject first, an empty line, the body.
pub(crate) fn write(subject: &str, headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let mut text = format!("{subject}\n");
    for (name, values) in headers.iter() {
        for value in values {
            text.push_str(&format!("{name}: {}\n", value.as_str()));
        }
    }
    text.push('\n');
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Reads it; nothing if the client's library would not have given us such headers.
pub(crate) fn read(bytes: &[u8]) -> Option<(String, HeaderMap, Bytes)> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n")?;
    let (text, body) = (std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 2..]);
    let mut lines = text.lines();
    let subject = lines.next()?.to_owned();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        let value: async_nats::HeaderValue = value.parse().ok()?;
        headers.insert(name.parse::<async_nats::HeaderName>().ok()?, value);
    }
    Some((subject, headers, Bytes::copy_from_slice(body)))
}
