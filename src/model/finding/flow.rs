//! The steps of a data flow, and further places.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::{FlowStep, Location};

impl<'r> FlowStep<'r> {
    /// A step that the next one follows.
    pub fn new(location: Location<'r>, message: Cow<'r, str>) -> FlowStep<'r> {
        FlowStep { location, message, left_out: 0 }
    }

    /// A flow of at most `most` steps: the first and the last ones, which say where data come from and where they go.
    pub fn ends(steps: impl IntoIterator<Item = FlowStep<'r>>, most: usize) -> Vec<FlowStep<'r>> {
        let mut steps = steps.into_iter();
        let mut begin: Vec<FlowStep<'r>> = steps.by_ref().take(most.div_ceil(2)).collect();
        let mut end: VecDeque<FlowStep<'r>> = VecDeque::new();
        for step in steps {
            end.push_back(step);
            if end.len() > most / 2 {
                leave_out(begin.last_mut(), end.pop_front());
            }
        }
        begin.extend(end);
        begin
    }

    /// At most `most` places: the first ones.
    pub fn first(places: impl IntoIterator<Item = FlowStep<'r>>, most: usize) -> Vec<FlowStep<'r>> {
        let mut places = places.into_iter();
        let mut first: Vec<FlowStep<'r>> = places.by_ref().take(most).collect();
        places.for_each(|place| leave_out(first.last_mut(), Some(place)));
        first
    }
}

fn leave_out(before: Option<&mut FlowStep<'_>>, gone: Option<FlowStep<'_>>) {
    if let (Some(before), Some(gone)) = (before, gone) {
        before.left_out += 1 + gone.left_out;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each step's number, with how many are left out after it.
    fn numbers(steps: &[FlowStep<'_>]) -> Vec<String> {
        let shown = |step: &FlowStep<'_>| match step.left_out {
            0 => step.message.to_string(),
            more => format!("{}+{more}", step.message),
        };
        steps.iter().map(shown).collect()
    }

    fn steps(count: usize) -> Vec<FlowStep<'static>> {
        (0..count).map(|at| FlowStep::new(Location::default(), at.to_string().into())).collect()
    }

    #[test]
    fn a_long_flow_keeps_its_ends_and_says_what_is_left_out() {
        let check = |count: usize, most: usize, expected: &[&str]| {
            assert_eq!(numbers(&FlowStep::ends(steps(count), most)), expected, "{count} {most}");
        };
        check(4, 4, &["0", "1", "2", "3"]);
        check(5, 4, &["0", "1+1", "3", "4"]);
        check(9, 3, &["0", "1+6", "8"]);
        check(9, 1, &["0+8"]);
        check(0, 3, &[]);
        let shortened = FlowStep::ends(steps(100), 20);
        assert_eq!(numbers(&FlowStep::ends(shortened, 4)), ["0", "1+96", "98", "99"]);
    }

    #[test]
    fn of_further_places_the_first_ones_are_kept() {
        assert_eq!(numbers(&FlowStep::first(steps(5), 2)), ["0", "1+3"]);
        assert_eq!(numbers(&FlowStep::first(FlowStep::first(steps(9), 5), 2)), ["0", "1+7"]);
    }
}
