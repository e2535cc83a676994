//! Evidence files: how fast one is checked, and how many of a million forgeries pass.

use std::io::Cursor;
use std::thread;
use std::time::Instant;

use evidence::file::{Known, verify};

use crate::Chance;
use crate::evidence::{Sample, mutate};

/// Messages a second that one processor proves in a file of so many.
///
/// # Panics
/// If the sample does not hold.
#[must_use]
pub fn messages_per_second(messages: usize) -> f64 {
    let sample = Sample::new(messages, 100);
    let begun = Instant::now();
    let report = verify(Cursor::new(&sample.file), Known::of(&sample.keys), |_| ()).expect("memory is read");
    let seconds = begun.elapsed().as_secs_f64();
    assert!(report.is_proved(), "the sample holds: {:?}", report.faults);
    #[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
    let messages = report.messages as f64;
    messages / seconds
}

/// How many of so many forgeries of files are accepted, on two threads; how each was made is printed.
///
/// # Panics
/// If a sample does not hold.
#[must_use]
pub fn accepted(forgeries: usize, seed: u64) -> usize {
    let half = |seed| {
        let (sample, other) = (Sample::new(4, 5), Sample::new(4, 5));
        let whole = verify(Cursor::new(&sample.file), Known::of(&sample.keys), |_| ()).expect("memory is read");
        assert!(whole.is_proved(), "the sample holds: {:?}", whole.faults);
        let mut chance = Chance::new(seed);
        let mut accepted = 0;
        for _ in 0..forgeries / 2 {
            let (kind, forged) = mutate(&sample.file, &other.file, &mut chance);
            let report = verify(Cursor::new(&forged), Known::of(&sample.keys), |_| ()).expect("memory is read");
            if report.is_whole() {
                accepted += 1;
                eprintln!("accepted: {kind}\n{}", String::from_utf8_lossy(&forged));
            }
        }
        accepted
    };
    thread::scope(|scope| {
        let halves = [scope.spawn(|| half(seed)), scope.spawn(|| half(seed + 1))];
        halves.into_iter().map(|half| half.join().expect("a verifier does not panic")).sum()
    })
}
