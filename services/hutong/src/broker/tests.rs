use super::binary::{OLDEST, parse};

#[test]
fn versions_are_read_as_nats_server_prints_them_and_compared_by_number() {
    let newer = ["nats-server: v2.14.3", "nats-server: v2.15.0-RC.2\n", "nats-server: v3.0.0"];
    for text in newer {
        assert!(parse(text).unwrap() >= OLDEST, "{text}");
    }
    for text in ["nats-server: v2.14.2", "nats-server: v2.9.20", "nats-server: v1.99.99"] {
        assert!(parse(text).unwrap() < OLDEST, "{text}");
    }
    for text in ["", "nats-server: v2", "gnatsd version 1.0", "nats-server: vX.Y.Z"] {
        assert!(parse(text).is_none(), "{text}");
    }
}
