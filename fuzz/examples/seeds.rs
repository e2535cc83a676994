//! `cargo run -p fuzz --example seeds -- DIRECTORY`: writes each decoder's seeds into `DIRECTORY/<decoder>/`.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let directory = PathBuf::from(std::env::args_os().nth(1).expect("usage: seeds DIRECTORY"));
    for decoder in fuzz::decoder::ALL {
        let directory = directory.join(decoder.name);
        std::fs::create_dir_all(&directory)?;
        for (number, seed) in (decoder.seeds)().iter().enumerate() {
            std::fs::write(directory.join(format!("seed-{number:03}")), seed)?;
        }
    }
    Ok(())
}
