//! Markers by which casefile finds its own comments, among what people write in them.

/// Whether a line outside code begins with the marker: people write above it, too, and quote it.
pub fn has_marker(text: &str, marker: &str) -> bool {
    let mut in_code = false;
    text.lines().any(|line| {
        in_code ^= ["```", "~~~"].iter().any(|fence| line.trim_start().starts_with(fence));
        !in_code && line.starts_with(marker)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_a_line_that_is_neither_quoted_nor_code() {
        for (text, expected) in [
            ("<!-- mine -->\nx", true),
            ("<!-- mine --> x", true),
            ("a person's line\r\n<!-- mine -->\r\nx", true),
            ("```\nx\n```\n<!-- mine -->", true),
            ("```\n<!-- mine -->\n```", false),
            ("> <!-- mine -->", false),
            ("see <!-- mine -->", false),
            ("", false),
        ] {
            assert_eq!(has_marker(text, "<!-- mine -->"), expected, "{text:?}");
        }
    }
}
