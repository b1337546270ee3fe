//! What a template of a field may contain: Jinja in which every value, and all values together, stay small.
//!
//! The engine limits a template's steps, but not how much one of them produces: `~` in a loop doubles a string each
//! time, and a filter pads it to any length. So a template is examined as a tree before it is rendered: each value is
//! weighed by how many properties it is made of, and what could grow beyond a limit is refused.

use std::collections::BTreeMap;

use minijinja::machinery::ast::{BinOpKind, Call, CallArg, CallType, Expr, Stmt};
use minijinja::machinery::{Token, parse, tokenize};
use minijinja::syntax::SyntaxConfig;

/// How long a template may be, in bytes.
pub const TEMPLATE_LIMIT: usize = 8 << 10;

/// How many properties all values of a template may be made of, each counted as often as it is output.
const MOST_PROPERTIES: usize = 1_000;

/// How many properties one value within a loop may be made of: it is created again in each iteration.
const MOST_IN_LOOP: usize = 16;

/// How many operators and names one expression can have: each may be nested in the one before, and walking such a tree
/// needs stack space for each of them. The elements of a list do not count.
const DEEPEST: usize = 200;

/// The weight of a list: it needs memory for each of its elements, however short these are.
const LIST: usize = 10;

/// The filters that turn a string into a list.
const LISTS: [&str; 3] = ["list", "lines", "split"];

/// The filters that templates can use: those whose result is not much larger than their input.
pub const FILTERS: [&str; 27] = [
    "abs",
    "bool",
    "capitalize",
    "count",
    "d",
    "default",
    "first",
    "float",
    "int",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "max",
    "min",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "string",
    "title",
    "trim",
    "upper",
];

/// The filters whose result is a number.
const NUMBERS: [&str; 6] = ["abs", "count", "float", "int", "length", "round"];

/// Why a template is refused, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTemplate {
    /// Why.
    pub why: String,
    /// What to do.
    pub hint: &'static str,
}

/// Checks a template before it is rendered.
///
/// # Errors
/// It cannot be parsed (`None`, with the line), or its output is not bounded.
pub fn check(source: &str) -> Result<(), RefusedTemplate> {
    if source.len() > TEMPLATE_LIMIT {
        let why = format!("a template can be at most {} KiB long", TEMPLATE_LIMIT >> 10);
        return Err(RefusedTemplate { why, hint: "shorten it, or keep long fixed text in Jira itself" });
    }
    if is_deep(source) {
        return Err(RefusedTemplate {
            why: format!("an expression in this template has more than {DEEPEST} operators and names"),
            hint: "split it into several expressions with `set`",
        });
    }
    let tree = parse(source, "", SyntaxConfig::default()).map_err(|error| {
        let line = error.line().filter(|line| *line > 1);
        let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
        RefusedTemplate {
            why: format!("this template cannot be read{line}"),
            hint: "for example `{{ scanner }}: {{ rule.name }}`",
        }
    })?;
    Scale::default().statement(&tree)
}

/// Whether an expression may be nested more deeply than there is stack space for.
fn is_deep(source: &str) -> bool {
    let mut count = 0;
    let tokens = tokenize(source, false, SyntaxConfig::default());
    tokens.map_while(Result::ok).any(|(token, _)| {
        count = match token {
            Token::TemplateData(_) | Token::VariableStart | Token::BlockStart => 0,
            Token::Comma | Token::Colon | Token::Str(_) | Token::String(_) => count,
            Token::Int(_) | Token::Int128(_) | Token::Float(_) => count,
            _ => count + 1,
        };
        count > DEEPEST
    })
}

fn refused<T>(why: impl Into<String>, hint: &'static str) -> Result<T, RefusedTemplate> {
    Err(RefusedTemplate { why: why.into(), hint })
}

/// Weighs what a template produces.
#[derive(Default)]
struct Scale<'t> {
    /// The maximum weight of each name that the template sets: the number of properties.
    given: BTreeMap<&'t str, usize>,
    total: usize,
    /// Whether the output becomes a value.
    captured: bool,
    /// How many loops this is within.
    loops: usize,
}

impl<'t> Scale<'t> {
    fn body(&mut self, body: &'t [Stmt<'t>]) -> Result<(), RefusedTemplate> {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &'t Stmt<'t>) -> Result<(), RefusedTemplate> {
        match statement {
            Stmt::Template(template) => self.body(&template.children),
            Stmt::EmitRaw(_) => self.add(1).map(drop),
            Stmt::EmitExpr(said) => self.value(&said.expr).map(drop),
            Stmt::IfCond(choice) => {
                self.value(&choice.expr)?;
                self.body(&choice.true_body)?;
                self.body(&choice.false_body)
            }
            Stmt::Set(set) => {
                let weight = self.value(&set.expr)?;
                self.give(&set.target, weight)
            }
            Stmt::WithBlock(block) => {
                for (target, value) in &block.assignments {
                    let weight = self.value(value)?;
                    self.give(target, weight)?;
                }
                self.body(&block.body)
            }
            Stmt::SetBlock(block) => {
                let weight = self.captured(&block.body)?;
                self.give(&block.target, weight)?;
                block.filter.as_ref().map_or(Ok(()), |filter| self.value(filter).map(drop))
            }
            Stmt::FilterBlock(block) => {
                self.captured(&block.body)?;
                self.value(&block.filter).map(drop)
            }
            Stmt::ForLoop(each) => {
                if each.recursive || self.captured {
                    return refused(
                        "a loop in a template cannot be recursive, and cannot be inside a block whose output \
                         becomes a value",
                        "use a simple loop, outside `set` and `filter` blocks",
                    );
                }
                let list = self.value(&each.iter)?;
                let one = match &each.iter {
                    Expr::Call(_) => 1,
                    Expr::Filter(filter) if LISTS.contains(&filter.name) => list.saturating_sub(LIST).max(1),
                    _ => list,
                };
                self.give(&each.target, one)?;
                each.filter_expr.as_ref().map_or(Ok(0), |filter| self.value(filter))?;
                self.loops += 1;
                self.body(&each.body)?;
                // if another iteration adds weight, so does every further one
                let (once, total) = (self.given.clone(), self.total);
                self.body(&each.body)?;
                if self.given != once {
                    return refused(
                        "a value in this template grows with each iteration of a loop",
                        "output each part inside the loop: the output of all iterations is joined anyway",
                    );
                }
                self.total = total;
                self.loops -= 1;
                self.body(&each.else_body)
            }
            Stmt::Block(_) | Stmt::Import(_) | Stmt::FromImport(_) | Stmt::Extends(_) | Stmt::Include(_) => {
                refused(
                    "a template cannot include or import other templates",
                    "put everything in one template",
                )
            }
            _ => refused("macros are not supported in templates", "write out in full what the macro does"),
        }
    }

    /// The weight of a body's output.
    fn captured(&mut self, body: &'t [Stmt<'t>]) -> Result<usize, RefusedTemplate> {
        let before = (self.total, std::mem::replace(&mut self.captured, true));
        self.body(body)?;
        self.captured = before.1;
        Ok(self.total - before.0)
    }

    /// Notes the weight of a name.
    fn give(&mut self, target: &'t Expr<'t>, weight: usize) -> Result<(), RefusedTemplate> {
        match target {
            Expr::Var(name) => {
                let given = self.given.entry(name.id).or_default();
                *given = weight.max(*given);
                Ok(())
            }
            Expr::List(names) => names.items.iter().try_for_each(|name| self.give(name, weight)),
            Expr::Tuple(names) => names.items.iter().try_for_each(|name| self.give(name, weight)),
            _ => refused(
                "a template can assign values to names, but cannot change parts of a value",
                "set a new name to the whole value instead",
            ),
        }
    }

    fn add(&mut self, weight: usize) -> Result<usize, RefusedTemplate> {
        if self.loops > 0 && weight > MOST_IN_LOOP {
            return refused(
                format!("a loop in this template joins more than {MOST_IN_LOOP} property values"),
                "output them one after another",
            );
        }
        self.total += weight;
        if self.total > MOST_PROPERTIES {
            return refused(
                format!("this template combines more than {MOST_PROPERTIES} property values"),
                "shorten it, or join fewer values with `~` and `+`",
            );
        }
        Ok(weight)
    }

    /// How many properties a value consists of at most.
    fn value(&mut self, value: &'t Expr<'t>) -> Result<usize, RefusedTemplate> {
        let weight = match value {
            Expr::Var(name) => self.given.get(name.id).copied().unwrap_or(1),
            Expr::Const(_) => 1,
            Expr::Slice(slice) => {
                for bound in [&slice.start, &slice.stop, &slice.step].into_iter().flatten() {
                    self.value(bound)?;
                }
                self.value(&slice.expr)?
            }
            Expr::UnaryOp(one) => self.value(&one.expr)?,
            Expr::BinOp(two) => {
                let (left, right) = (self.value(&two.left)?, self.value(&two.right)?);
                match two.op {
                    BinOpKind::Add | BinOpKind::Concat => left + right,
                    BinOpKind::Mul if !(is_number(&two.left) && is_number(&two.right)) => {
                        return refused(
                            "a template can only multiply numbers",
                            "write `|int` or `|float` after a value that is a number, as in \
                             `(cvss.score|float) * 10`",
                        );
                    }
                    _ => left.max(right),
                }
            }
            Expr::Compare(compare) => {
                self.value(&compare.expr)?;
                compare.ops.iter().try_for_each(|one| self.value(&one.expr).map(drop))?;
                1
            }
            Expr::IfExpr(choice) => {
                self.value(&choice.test_expr)?;
                let otherwise = choice.false_expr.as_ref().map_or(Ok(0), |other| self.value(other))?;
                self.value(&choice.true_expr)?.max(otherwise)
            }
            Expr::Filter(filter) => {
                if !FILTERS.contains(&filter.name) {
                    return refused(format!("there is no filter `{}`", short(filter.name)), FILTERS_ARE);
                }
                let own = filter.expr.as_ref().map_or(Ok(1), |expr| self.value(expr))?;
                let list = if LISTS.contains(&filter.name) { LIST } else { 0 };
                own + list + self.arguments(&filter.args)?
            }
            Expr::Test(test) => {
                self.value(&test.expr)?;
                self.arguments(&test.args)?;
                1
            }
            Expr::GetAttr(of) => self.value(&of.expr)?,
            Expr::GetItem(of) => {
                self.value(&of.subscript_expr)?;
                self.value(&of.expr)?
            }
            Expr::Call(call) => self.call(call)?,
            Expr::List(list) => self.all(&list.items)?,
            Expr::Tuple(tuple) => self.all(&tuple.items)?,
            Expr::Map(map) => self.all(&map.keys)? + self.all(&map.values)?,
        };
        self.add(weight)
    }

    fn all(&mut self, values: &'t [Expr<'t>]) -> Result<usize, RefusedTemplate> {
        values.iter().try_fold(1, |sum, value| Ok(sum + self.value(value)?))
    }

    fn arguments(&mut self, arguments: &'t [CallArg<'t>]) -> Result<usize, RefusedTemplate> {
        let value = |argument: &'t CallArg<'t>| match argument {
            CallArg::Pos(value)
            | CallArg::Kwarg(_, value)
            | CallArg::PosSplat(value)
            | CallArg::KwargSplat(value) => value,
        };
        arguments.iter().map(value).try_fold(0, |sum, value| Ok(sum + self.value(value)?))
    }

    /// The only function is `range`; a loop has functions of its own.
    fn call(&mut self, call: &'t Call<'t>) -> Result<usize, RefusedTemplate> {
        let arguments = self.arguments(&call.args)?;
        match call.identify_call() {
            CallType::Function("range") => Ok(LIST),
            CallType::Method(Expr::Var(of), _) if of.id == "loop" => Ok(1 + arguments),
            _ => refused("a template can only call `range`", "use a filter, as in `{{ scanner|lower }}`"),
        }
    }
}

/// The hint that names the filters.
const FILTERS_ARE: &str = "the filters are abs, bool, capitalize, default, first, float, int, join, last, \
                           length, lines, list, lower, max, min, replace, reverse, round, safe, sort, \
                           split, string, title, trim and upper";

/// Whether a value is certainly a number.
fn is_number(value: &Expr<'_>) -> bool {
    match value {
        Expr::Const(constant) => constant.value.is_number(),
        Expr::UnaryOp(one) => is_number(&one.expr),
        Expr::BinOp(two) => {
            let arithmetic = !matches!(two.op, BinOpKind::Concat | BinOpKind::ScAnd | BinOpKind::ScOr);
            arithmetic && is_number(&two.left) && is_number(&two.right)
        }
        Expr::Filter(filter) => NUMBERS.contains(&filter.name),
        Expr::Var(name) => name.id == "count",
        Expr::GetAttr(of) => matches!(&of.expr, Expr::Var(name) if name.id == "cvss" && of.name == "score"),
        _ => false,
    }
}

/// A word from a template, shortened for messages.
fn short(word: &str) -> String {
    word.chars().take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_grow_without_bounds_is_refused() {
        let check = |source: &str, expected: &str| {
            let done = check(source).map_err(|refused| refused.why);
            match done {
                Ok(()) => assert_eq!(expected, "", "{source}"),
                Err(why) => assert!(!expected.is_empty() && why.contains(expected), "{source}: {why}"),
            }
        };
        check(
            "{{ scanner }}: {{ rule.name|upper }} {% if cvss is defined %}{{ cvss.score * 10 }}{% endif %}",
            "",
        );
        check("{% set a = scanner ~ ' ' ~ kind %}{{ a }}{{ a ~ count }}{{ count * 2 }}", "");
        check("{% for one in tags|split(', ') %}{{ loop.cycle('a', 'b') }}{{ one }}{% endfor %}", "");
        check("{% for a in range(9) %}{% set b = a ~ '-' ~ a %}{{ b }}{% endfor %}", "");
        check("{% set text %}{{ scanner }}!{% endset %}{{ text|trim }}", "");
        check("{{ [1]|slice(1000000000)|list }}", "no filter `slice`");
        check("{{ 'x'|indent(1000000000) }}", "no filter `indent`");
        check("{{ 'x' * 1000000000 }}", "can only multiply numbers");
        check("{{ [1] * count }}", "can only multiply numbers");
        check("{{ (count ~ count) * 3 }}", "can only multiply numbers");
        check(&format!("{{% set a = scanner %}}{}", "{% set a = a ~ a %}".repeat(40)), "more than 1000");
        check(&format!("{{% set a = [1] %}}{}", "{% set a = [a, a] %}".repeat(40)), "more than 1000");
        check(
            &format!("{{% set a = 'x' %}}{}", "{% set a %}{{ a }}{{ a }}{% endset %}".repeat(40)),
            "more than 1000",
        );
        check(
            "{% set a = 'x' %}{% for b in range(99) %}{% set a = a ~ a %}{% endfor %}",
            "grows with each iteration",
        );
        check(
            "{% set a = 'x' %}{% for b in range(9) %}{% set c = a %}{% set a = c ~ b %}{% endfor %}",
            "grows with",
        );
        check("{% set n = namespace(a='x') %}", "can only call `range`");
        check("{% set n.a = 'x' %}", "cannot change parts of a value");
        check("{% for a in [[1]] recursive %}{{ loop(a) }}{% endfor %}", "recursive");
        check("{% set t %}{% for a in range(9999) %}long{% endfor %}{% endset %}", "becomes a value");
        check("{% macro m(a) %}{{ m(a ~ a) }}{% endmacro %}", "macros are not supported");
        check("{% block b %}{{ self.b() }}{% endblock %}", "cannot include or import");
        check("{% include 'x' %}", "cannot include or import");
        check("{{ scanner.upper() }}", "can only call `range`");
        for (before, one, after) in [
            ("", "-", "1"),
            ("", "- ", "1"),
            ("", "not ", "1"),
            ("", "1 + ", "1"),
            ("", "1 ~ ", "1"),
            ("", "1 ** ", "1"),
            ("", "a.", "a"),
            ("a", "[0]", ""),
            ("a", "|upper", ""),
            ("", "1 if 1 else ", "1"),
            ("", "(", "1"),
        ] {
            let room = (TEMPLATE_LIMIT - before.len() - after.len() - 4) / one.len();
            check(
                &format!("{{{{{before}{}{after}}}}}", one.repeat(room)),
                "more than 200 operators and names",
            );
        }
        check(&format!("{{{{ ['{}']|join }}}}", ["a"; 220].join("', '")), "");
        check("{{ scanner", "cannot be read");
        check(&"x".repeat(TEMPLATE_LIMIT + 1), "at most 8 KiB");
    }
}
