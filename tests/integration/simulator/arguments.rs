//! What the simulator can be told on its command line.

use reqwest::Method;
use serde_json::Value;

use super::{jira, send, task};
use crate::simulator::arguments::{Wish, parse};
use crate::simulator::{Auth, Simulator};

fn read(words: &[&str]) -> Result<Wish, String> {
    parse(words.iter().map(|&word| word.to_owned()))
}

fn start(words: &[&str]) -> Simulator {
    match read(words) {
        Ok(Wish::Start(setup)) => setup.start().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_it_cannot_do_is_refused() {
    let check = |words: &[&str], expected: &str| assert_eq!(read(words).unwrap_err(), expected);
    check(&["--prot", "1"], "unknown option --prot");
    check(&["--port"], "--port needs a value");
    check(&["--lag", "soon"], "no duration: soon");
    check(&["--page-size", "0"], "no number of entries: 0");
    check(&["--fault", "POST /issue"], "the fault `POST /issue` does not say what happens");
    for word in ["post", "0", "700", "every:0", "429:soon", "stall:", "after:x"] {
        check(&["--fault", word], &format!("the fault `{word}` has a word that says nothing: {word}"));
    }
    assert!(matches!(read(&["--nobody", "--help"]), Ok(Wish::Help)));
}

#[test]
fn a_fault_strikes_the_requests_that_it_names() {
    let sim = start(&["--fault", "429:30 POST cloud /issue 2", "--fault", "every:2 418 github GET"]);
    let codes = |count: usize, send: &dyn Fn() -> u16| (0..count).map(|_| send()).collect::<Vec<_>>();
    let create =
        || jira(&sim, Method::POST, "issue", &serde_json::json!({"fields": task("a", &[])})).unwrap().0;
    assert_eq!(codes(3, &create), [201, 429, 201]);
    let look =
        || send(&format!("{}/repos/acme/shop", sim.github_url()), &Method::GET, &Value::Null, &[]).unwrap().0;
    let seen = codes(4, &look);
    assert_eq!((seen[1], seen[3]), (418, 418));
    assert!(seen[0] != 418 && seen[2] != 418);

    let sim = start(&["--fault", "cut-after 2+ POST", "--nobody", "--page-size", "1"]);
    let state = sim.state();
    assert_eq!((state.auth, state.short_pages, state.repeats_pages), (Auth::Nobody, Some(1), false));
}
