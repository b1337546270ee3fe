//! From words to a query, with Jira's complaints.

use super::lex::{Kind, Token, lex};
use super::{Clause, Operator, Query};

/// Words that must be quoted to be a value; the part of Jira's list that is likely to be a project key or a label.
const RESERVED: [&str; 40] = [
    "abort", "access", "add", "after", "alter", "and", "any", "as", "asc", "by", "commit", "create", "date",
    "delete", "desc", "distinct", "do", "drop", "empty", "end", "field", "first", "from", "go", "in", "int",
    "is", "join", "last", "limit", "not", "null", "number", "or", "order", "public", "select", "set",
    "table", "where",
];

pub(super) fn parse(text: &str) -> Result<Query, String> {
    let mut parser = Parser { tokens: lex(text)?, at: 0 };
    let clause =
        if parser.tokens.is_empty() || parser.sees_word("order") { None } else { Some(parser.or()?) };
    let order = parser.order()?;
    match parser.next() {
        None => Ok(Query { clause, order }),
        Some(token) => Err(expecting("either 'OR' or 'AND'", Some(&token))),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn sees_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token { kind: Kind::Word(seen), .. }) if seen.eq_ignore_ascii_case(word))
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let seen = self.sees_word(word);
        self.at += usize::from(seen);
        seen
    }

    fn takes(&mut self, kind: &Kind) -> bool {
        let seen = self.peek().is_some_and(|token| token.kind == *kind);
        self.at += usize::from(seen);
        seen
    }

    fn or(&mut self) -> Result<Clause, String> {
        let mut left = self.and()?;
        while self.takes_word("or") {
            left = Clause::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Clause, String> {
        let mut left = self.not()?;
        while self.takes_word("and") {
            left = Clause::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Clause, String> {
        if self.takes_word("not") {
            return Ok(Clause::Not(Box::new(self.not()?)));
        }
        if self.takes(&Kind::Open) {
            let inner = self.or()?;
            return if self.takes(&Kind::Close) { Ok(inner) } else { Err(expecting("')'", self.peek())) };
        }
        self.term()
    }

    fn term(&mut self) -> Result<Clause, String> {
        let field = match self.next() {
            Some(Token { kind: Kind::Word(word) | Kind::Quoted(word), .. }) => word,
            other => {
                return Err(expecting("either a field name or a function", other.as_ref()));
            }
        };
        let operator = self.operator()?;
        let values = match operator {
            Operator::In | Operator::NotIn => self.list()?,
            Operator::Is | Operator::IsNot if self.takes_word("empty") || self.takes_word("null") => {
                Vec::new()
            }
            Operator::Is | Operator::IsNot => return Err(expecting("EMPTY or NULL", self.peek())),
            _ => vec![self.value()?],
        };
        Ok(Clause::Term { field: field.to_lowercase(), operator, values })
    }

    fn operator(&mut self) -> Result<Operator, String> {
        if let Some(Token { kind: Kind::Operator(operator), .. }) = self.peek() {
            let operator = match *operator {
                "=" => Operator::Equal,
                "!=" => Operator::NotEqual,
                "<" => Operator::Less,
                "<=" => Operator::LessEqual,
                ">" => Operator::Greater,
                ">=" => Operator::GreaterEqual,
                _ => Operator::Contains,
            };
            self.at += 1;
            return Ok(operator);
        }
        if self.takes_word("in") {
            return Ok(Operator::In);
        }
        if self.takes_word("is") {
            return Ok(if self.takes_word("not") { Operator::IsNot } else { Operator::Is });
        }
        if self.takes_word("not") && self.takes_word("in") {
            return Ok(Operator::NotIn);
        }
        Err(expecting(
            "operator. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'",
            self.peek(),
        ))
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        if !self.takes(&Kind::Open) {
            return Err(expecting("'('", self.peek()));
        }
        let mut values = vec![self.value()?];
        while self.takes(&Kind::Comma) {
            values.push(self.value()?);
        }
        if self.takes(&Kind::Close) { Ok(values) } else { Err(expecting("')' or ','", self.peek())) }
    }

    fn value(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token { kind: Kind::Quoted(word), .. }) => Ok(word),
            Some(Token { kind: Kind::Word(word), at })
                if RESERVED.contains(&word.to_lowercase().as_str()) =>
            {
                Err(format!(
                    "Error in the JQL Query: '{word}' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character {at})"
                ))
            }
            Some(Token { kind: Kind::Word(word), .. }) => Ok(word),
            other => Err(expecting("either a value, list or function", other.as_ref())),
        }
    }

    fn order(&mut self) -> Result<Vec<(String, bool)>, String> {
        let mut order = Vec::new();
        if !self.takes_word("order") {
            return Ok(order);
        }
        if !self.takes_word("by") {
            return Err(expecting("'by'", self.peek()));
        }
        loop {
            match self.next() {
                Some(Token { kind: Kind::Word(field) | Kind::Quoted(field), .. }) => {
                    let falling = self.takes_word("desc");
                    let _rising = !falling && self.takes_word("asc");
                    order.push((field.to_lowercase(), falling));
                }
                other => return Err(expecting("a field name", other.as_ref())),
            }
            if !self.takes(&Kind::Comma) {
                return Ok(order);
            }
        }
    }
}

fn expecting(what: &str, token: Option<&Token>) -> String {
    match token {
        None => format!("Error in the JQL Query: Expecting {what} before the end of the query."),
        Some(Token { kind, at }) => {
            let seen = match kind {
                Kind::Word(word) | Kind::Quoted(word) => word.as_str(),
                Kind::Operator(operator) => operator,
                Kind::Open => "(",
                Kind::Close => ")",
                Kind::Comma => ",",
            };
            format!("Error in the JQL Query: Expecting {what} but got '{seen}'. (line 1, character {at})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_jql() {
        let cases = [
            ("labels = a b", "Expecting either 'OR' or 'AND' but got 'b'"),
            ("labels =", "before the end of the query"),
            ("labels in a", "Expecting '(' but got 'a'"),
            ("labels in (a", "Expecting ')' or ','"),
            ("project = INT", "'INT' is a reserved JQL word"),
            ("labels = a.b", "'.' is a reserved JQL character"),
            (r#"labels = "a"#, "has not been completed"),
            (r#"labels = "a\q""#, "illegal JQL escape"),
            ("(labels = a", "Expecting ')'"),
            ("labels a", "Expecting operator"),
        ];
        for (query, complaint) in cases {
            let message = parse(query).expect_err(query);
            assert!(message.contains(complaint), "{query}: {message}");
        }
    }

    #[test]
    fn binds_and_closer_than_or_and_reads_escapes() {
        let term = |value: &str| Clause::Term {
            field: "labels".to_owned(),
            operator: Operator::Equal,
            values: vec![value.to_owned()],
        };
        let query = parse(r#"labels = "a\"\\" OR labels = b and not Labels = c order by key DESC, created"#)
            .expect("JQL");
        let and = Clause::And(Box::new(term("b")), Box::new(Clause::Not(Box::new(term("c")))));
        assert_eq!(query.clause, Some(Clause::Or(Box::new(term("a\"\\")), Box::new(and))));
        assert_eq!(query.order, [("key".to_owned(), true), ("created".to_owned(), false)]);
    }
}
