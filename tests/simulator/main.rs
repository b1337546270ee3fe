//! Jira and GitHub on loopback, started alone to try things by hand.
fn main() {}
