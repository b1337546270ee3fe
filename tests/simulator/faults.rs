//! What goes wrong on purpose: faults that match requests, and hooks at the n-th request.

use std::sync::Arc;
use std::time::Duration;

use super::Face;
use super::request::Request;
use super::state::World;

/// A fault, and the requests that it strikes.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// `None`: any.
    pub(crate) face: Option<Face>,
    /// `None`: any.
    pub(crate) method: Option<&'static str>,
    /// A part of the path; the empty one matches all.
    pub(crate) path_contains: String,
    /// Which of the matching requests.
    pub(crate) nth: Nth,
    pub(crate) kind: Kind,
}

/// Which of the matching requests a fault strikes, counted from 1 and from the moment it was added.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Nth {
    Only(usize),
    From(usize),
    /// Each n-th; 1 is each.
    Every(usize),
}

/// What happens to the request.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// This answer, and no change of the state: code, headers, body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// The state changes, and a gateway answers with this code and a page of its own.
    StatusAfter(u16),
    /// The connection ends before the state changes.
    CutBefore,
    /// The state changes, and the connection ends without an answer.
    CutAfter,
    /// The state changes, and the answer is 200 with something that is not JSON.
    Garbage,
    /// The state changes, and the answer breaks off in its middle.
    Half,
    /// The state changes, and the answer comes this much later.
    Stall(Duration),
}

/// On which side of the change a hook is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

type Hook = Box<dyn FnOnce() + Send>;

/// What a person does to the world; told how often she did something before.
pub(crate) type Act = Arc<dyn Fn(&mut World, usize) + Send + Sync>;

/// A person who works on the same things while a client is at work: right before requests are handled.
struct Person {
    nth: Nth,
    seen: usize,
    acted: usize,
    act: Act,
}

/// All faults and hooks, with their counters.
#[derive(Default)]
pub(crate) struct Faults {
    faults: Vec<(Fault, usize)>,
    hooks: Vec<(usize, Moment, Hook)>,
    seen: usize,
    people: Vec<Person>,
    /// Method and path of the request before.
    last: (String, String),
}

/// What the faults have in store for one request.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) kind: Option<Kind>,
    pub(crate) hook: Option<(Moment, Hook)>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.faults.push((fault, 0));
    }

    pub(crate) fn hook(&mut self, nth: usize, moment: Moment, hook: Hook) {
        self.hooks.push((self.seen + nth, moment, hook));
    }

    pub(crate) fn person(&mut self, nth: Nth, act: Act) {
        self.people.push(Person { nth, seen: 0, acted: 0, act });
    }

    /// What people do right before a request. Between reading a text of GitHub's and the write that follows at once
    /// they do nothing: its API has no conditional write ("Update a pull request" takes no `If-Match`), so what is
    /// written there is lost whatever a client does.
    pub(crate) fn people(&mut self, request: &Request) -> Vec<(Act, usize)> {
        let (method, read) = &self.last;
        // a comment's text comes with the list of comments as well
        let is_listed = request.path.contains("/issues/comments/") && read.ends_with("/comments");
        let at_once = request.face == Face::GitHub
            && request.method == "PATCH"
            && method == "GET"
            && (*read == request.path || is_listed);
        self.last = (request.method.clone(), request.path.clone());
        let mut acts = Vec::new();
        for person in &mut self.people {
            person.seen += 1;
            if person.nth.strikes(person.seen) && !at_once {
                acts.push((Arc::clone(&person.act), person.acted));
                person.acted += 1;
            }
        }
        acts
    }

    /// Counts the request and says what becomes of it; the first fault that strikes wins.
    pub(crate) fn judge(&mut self, request: &Request) -> Verdict {
        self.seen += 1;
        let mut kind = None;
        for (fault, count) in &mut self.faults {
            if fault.matches(request) {
                *count += 1;
                if kind.is_none() && fault.nth.strikes(*count) {
                    kind = Some(fault.kind.clone());
                }
            }
        }
        let due = self.hooks.iter().position(|(at, ..)| *at == self.seen);
        let hook = due.map(|place| self.hooks.swap_remove(place)).map(|(_, moment, hook)| (moment, hook));
        Verdict { kind, hook }
    }
}

impl Fault {
    fn matches(&self, request: &Request) -> bool {
        self.face.is_none_or(|face| face == request.face)
            && self.method.is_none_or(|method| method == request.method)
            && request.path.contains(&self.path_contains)
    }
}

impl Nth {
    fn strikes(self, count: usize) -> bool {
        match self {
            Self::Only(n) => count == n,
            Self::From(n) => count >= n,
            Self::Every(n) => n > 0 && count.is_multiple_of(n),
        }
    }
}
