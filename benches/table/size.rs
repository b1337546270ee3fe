//! How large the binary is, and how long it takes to start.

use std::fs::File;
use std::io;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{best, casefile, head, row, taken};

pub(crate) fn table() {
    let binary = Path::new(env!("CARGO_BIN_EXE_casefile"));
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let bytes = std::fs::metadata(binary).expect("the binary").len();
    let mut archive = GzEncoder::new(Counted(0), Compression::best());
    io::copy(&mut File::open(binary).expect("the binary"), &mut archive).expect("the archive");
    let packed = archive.finish().expect("the archive").0;
    let start = best(20, || taken(casefile(Path::new(".")).arg("--version")));
    head("Size and start", &["what", "figure", "target"]);
    row(&["binary", &megabytes(bytes), ""]);
    row(&["the same, packed with gzip", &megabytes(packed), "5 MB"]);
    row(&["start to `--version`", &format!("{:.1} ms", start.time.as_secs_f64() * 1e3), "5 ms"]);
}

/// Counts what is written.
struct Counted(u64);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
