use std::process::ExitCode;

/// Long-lived buffers between short-lived ones: the system's allocator gives little of that back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hutong::cli::main()
}
