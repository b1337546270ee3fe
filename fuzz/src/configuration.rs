//! Any text as a configuration file.

use casefile::config;

/// It is read or refused; a problem tells a line that is there, and never a value that may be a secret.
pub fn check(bytes: &[u8]) {
    // what stands for a secret in an input: no word that could be a key
    const SECRET: &str = "ge=heim";
    let text = String::from_utf8_lossy(bytes);
    let Err(problems) = config::parse(&text, "casefile.yml") else { return };
    assert!(!problems.is_empty() && problems.len() <= 101);
    let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
    for problem in problems {
        let mut place = problem.place.split(':');
        assert_eq!(place.next(), Some("casefile.yml"));
        if let Some(line) = place.next() {
            let line: usize = line.parse().expect("a line's number");
            assert!((1..=lines + 1).contains(&line), "{} in {lines} lines", problem.place);
        }
        assert!(!problem.message.is_empty());
        for said in [&problem.message, &problem.hint] {
            assert!(!said.contains(SECRET), "{said}");
        }
    }
}
