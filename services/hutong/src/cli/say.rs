use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};

/// Prints a line for the person who called. A reader that has gone (`… | head`) ends the command quietly.
macro_rules! say {
    () => { $crate::cli::say::write(format_args!("\n")) };
    ($($text:tt)*) => { $crate::cli::say::write(format_args!("{}\n", format_args!($($text)*))) };
}

pub(super) use say;

pub(crate) fn write(text: Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_fmt(text).and_then(|()| out.flush()) {
        std::process::exit(i32::from(error.kind() != ErrorKind::BrokenPipe));
    }
}
