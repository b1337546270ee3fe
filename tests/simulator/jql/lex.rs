//! JQL's words. Unquoted ones may not hold the reserved characters, quoted ones escape with a backslash.

/// A word, and where it begins (1 is the first character).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// An unquoted word.
    Word(String),
    Quoted(String),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `~`.
    Operator(&'static str),
    Open,
    Close,
    Comma,
}

/// Longest first.
const OPERATORS: [&str; 7] = ["!=", "<=", ">=", "=", "<", ">", "~"];

/// <https://support.atlassian.com/jira-software-cloud/docs/use-advanced-search-with-jira-query-language-jql/>: reserved characters.
const RESERVED: &str = "+.;?|*/%^$#@[]{}\\`";

pub(super) fn lex(text: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&first) = chars.get(at) {
        if first.is_whitespace() {
            at += 1;
            continue;
        }
        let start = at;
        let kind = if let Some(kind) = punctuation(first) {
            at += 1;
            kind
        } else if let Some(operator) = OPERATORS.iter().find(|operator| begins(&chars, at, operator)) {
            at += operator.len();
            Kind::Operator(operator)
        } else if first == '"' || first == '\'' {
            let (word, end) = quoted(&chars, at)?;
            at = end;
            Kind::Quoted(word)
        } else {
            let ends = |one: &char| one.is_whitespace() || "(),=!<>~\"'".contains(*one);
            let word: String = chars.iter().skip(at).take_while(|one| !ends(one)).collect();
            if let Some(bad) = word.chars().find(|one| RESERVED.contains(*one) || one.is_control()) {
                return Err(format!(
                    "Error in the JQL Query: The character '{bad}' is a reserved JQL character. You must enclose it in a string or use the escape '\\u{:04x}' instead. (line 1, character {})",
                    u32::from(bad),
                    start + 1
                ));
            }
            if word.is_empty() {
                return Err(format!(
                    "Error in the JQL Query: The character '{first}' is unexpected. (line 1, character {})",
                    start + 1
                ));
            }
            at += word.chars().count();
            Kind::Word(word)
        };
        tokens.push(Token { kind, at: start + 1 });
    }
    Ok(tokens)
}

fn punctuation(first: char) -> Option<Kind> {
    match first {
        '(' => Some(Kind::Open),
        ')' => Some(Kind::Close),
        ',' => Some(Kind::Comma),
        _ => None,
    }
}

fn begins(chars: &[char], at: usize, operator: &str) -> bool {
    operator.chars().enumerate().all(|(offset, one)| chars.get(at + offset) == Some(&one))
}

/// The text between quotes, and where it ends.
fn quoted(chars: &[char], start: usize) -> Result<(String, usize), String> {
    let quote = chars.get(start).copied().unwrap_or('"');
    let mut word = String::new();
    let mut at = start + 1;
    while let Some(&one) = chars.get(at) {
        at += 1;
        match one {
            '\\' => {
                let escaped = chars.get(at).copied();
                at += 1;
                word.push(match escaped {
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('t') => '\t',
                    Some(other @ ('\\' | '"' | '\'' | ' ')) => other,
                    _ => {
                        return Err(format!(
                            "Error in the JQL Query: '\\{}' is an illegal JQL escape sequence. The valid escape sequences are \\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX. (line 1, character {})",
                            escaped.unwrap_or(' '),
                            at - 1
                        ));
                    }
                });
            }
            _ if one == quote => return Ok((word, at)),
            _ => word.push(one),
        }
    }
    Err(format!(
        "Error in the JQL Query: The quoted string '{word}' has not been completed. (line 1, character {})",
        start + 1
    ))
}
