//! The JQL that casefile may use: clauses over a handful of fields, AND, OR, NOT, parentheses, ORDER BY.

mod dates;
mod evaluate;
mod lex;
mod parse;

pub(crate) use evaluate::run;

/// A parsed query.
#[derive(Debug, PartialEq)]
struct Query {
    clause: Option<Clause>,
    /// Field in lower case, and whether it falls.
    order: Vec<(String, bool)>,
}

#[derive(Debug, PartialEq)]
enum Clause {
    And(Box<Clause>, Box<Clause>),
    Or(Box<Clause>, Box<Clause>),
    Not(Box<Clause>),
    Term { field: String, operator: Operator, values: Vec<String> },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Equal,
    NotEqual,
    In,
    NotIn,
    Is,
    IsNot,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Contains,
}
