//! One line of text within a limit.

/// The text as it is, or its beginning up to the end of a word with an ellipsis, in this many UTF-16 units.
pub fn shortened(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    let mut room = limit.saturating_sub(1);
    let fits = |&(_, c): &(usize, char)| {
        let fits = c.len_utf16() <= room;
        room = room.saturating_sub(c.len_utf16());
        fits
    };
    let end = text.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8());
    let start = &text[..end];
    // a word is cut only if there is no space near the end
    let word = start.rfind(' ').filter(|at| start.len() - at < 30).map_or(start, |at| &start[..at]);
    format!("{}…", word.trim_end_matches([' ', ',', ':', ';', '.']))
}

/// The length of a text in UTF-16, as Jira counts it.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shortened_at_a_word() {
        let check = |text, limit, expected: &str| assert_eq!(shortened(text, limit), expected);
        check("abc def", 7, "abc def");
        check("abc def", 6, "abc…");
        check("abcdef", 4, "abc…");
        check("😀😀😀", 4, "😀…");
        check("abc", 0, "…");
    }
}
