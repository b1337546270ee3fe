//! What a release has beside the binary: `cargo run --example extras -- FOLDER TARGET`.

use std::io::Write as _;
use std::path::Path;

mod extras;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, target] = arguments.as_slice() else {
        writeln!(std::io::stderr(), "usage: extras FOLDER TARGET")?;
        std::process::exit(2);
    };
    extras::write(Path::new(folder), target)
}
