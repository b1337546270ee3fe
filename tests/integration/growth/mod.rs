//! Reports that ask for a lot do not get it: every list, text and join that a report controls, at a size, at twice
//! that, and at four times. What is allocated is counted, and so is the processor's time of this thread; neither grows
//! by more than the report does. Memory in all stays within limits that do not depend on the report.
//!
//! The counts are the process's, so these tests count right where each test has a process, as with `cargo nextest`.

use std::alloc::System;
use std::fmt::Write as _;
use std::fs;
use std::sync::{Mutex, PoisonError};

use cap::Cap;
use casefile::group::{Gatherer, Rules};
use casefile::model::fingerprint::Recipe;
use casefile::model::record::Mode;
use casefile::model::survey::Survey;
use casefile::report::formats;
use casefile::report::source::Source;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// One at a time, also where tests share a process.
static ALONE: Mutex<()> = Mutex::new(());

/// A report of a size, which grows in proportion to it.
type Shape = fn(usize) -> String;

/// By how much more than the report its costs may grow. A join of two lists grows by sixteen times where the report
/// grows by four.
const SLACK: u64 = 2;

/// What costs less than this is not told from noise: bytes, and nanoseconds.
const LEAST: (u64, u64) = (4 << 20, 60_000_000);

/// What reading reports costs.
#[derive(Debug, Clone, Copy)]
struct Cost {
    bytes: u64,
    nanoseconds: u64,
}

fn survey(reports: &[String]) -> Survey {
    let rules = Rules {
        repository: vec![Recipe::new("growth").finish()],
        job: "ci".into(),
        mode: &|_| Mode::Type,
        judge: &|_| None,
        line: &mut |_, _| None,
    };
    let mut gatherer = Gatherer::new(rules);
    for (index, report) in reports.iter().enumerate() {
        let source = Source::bytes(format!("r{index}"), report.as_bytes());
        gatherer.begin(&source.name, None);
        match formats::read(&source, &mut gatherer) {
            Ok(done) => gatherer.end(done.format.name, done.cut),
            Err(problem) => gatherer.end("", Some(problem)),
        }
    }
    gatherer.survey()
}

fn cost(reports: &[String]) -> Cost {
    let (bytes, begun) = (MEMORY.total_allocated(), processor());
    let survey = survey(reports);
    let cost = Cost { bytes: (MEMORY.total_allocated() - bytes) as u64, nanoseconds: processor() - begun };
    drop(survey);
    cost
}

/// The processor's time of this thread so far, in nanoseconds; always 0 where the system does not say.
fn processor() -> u64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// What grows by more than its report, if it does.
fn grows(name: &str, shapes: &[Shape], size: usize) -> Option<String> {
    let at = |size: usize| {
        let reports: Vec<String> = shapes.iter().map(|shape| shape(size)).collect();
        (reports.iter().map(String::len).sum::<usize>() as u64, cost(&reports))
    };
    let (small, one) = at(size);
    let mut worst = None;
    for times in [2, 4] {
        let (large, many) = at(times * size);
        let allowed = SLACK * large.div_ceil(small);
        let bytes = many.bytes > allowed * one.bytes.max(LEAST.0);
        // read twice before it is believed: others use the processor's caches as well
        let slow = |cost: Cost| cost.nanoseconds > allowed * one.nanoseconds.max(LEAST.1);
        if bytes || (slow(many) && slow(at(times * size).1)) {
            worst = Some(format!("{name}: {small} bytes cost {one:?}, {large} bytes {many:?}"));
        }
    }
    worst
}

fn list(count: usize, element: impl Fn(usize) -> String) -> String {
    let mut all = String::new();
    for at in 0..count {
        if at > 0 {
            all.push(',');
        }
        all.push_str(&element(at));
    }
    all
}

/// A SARIF run with these rules, extensions and members, and these results.
fn sarif(rules: &str, extensions: &str, members: &str, results: &str) -> String {
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"T","rules":[{rules}]}},"extensions":[{extensions}]}}{members},"results":[{results}]}}]}}"#
    )
}

fn results(count: usize, of: impl Fn(usize) -> String) -> String {
    list(count, |at| format!(r#"{{"message":{{"text":"m"}},{}}}"#, of(at)))
}

fn osv(packages: &str) -> String {
    format!(r#"{{"results":[{{"source":{{"path":"a.lock","type":"lockfile"}},"packages":[{packages}]}}]}}"#)
}

fn flat(at: usize) -> String {
    format!(
        r#"{{"package":{{"name":"p{at}","version":"1","ecosystem":"npm"}},"vulnerabilities":[{{"id":"OSV-{at}","aliases":["OSV-{}"]}}]}}"#,
        at + 1
    )
}

fn csaf(products: usize, aliases: usize, flags: usize) -> String {
    let names = list(products, |at| {
        format!(
            r#"{{"product_id":"P{at}","name":"n","product_identification_helper":{{"purl":"pkg:npm/p{at}@1"}}}}"#
        )
    });
    let ids = list(aliases, |at| format!(r#"{{"text":"GHSA-aaaa-bbbb-{at:04}"}}"#));
    let all = list(products, |at| format!("\"P{at}\""));
    let flags = list(flags, |at| format!(r#"{{"label":"l{at}","product_ids":["P{at}"]}}"#));
    format!(
        r#"{{"document":{{"category":"csaf_vex","csaf_version":"2.0"}},"product_tree":{{"full_product_names":[{names}]}},"vulnerabilities":[{{"cve":"CVE-2024-1","ids":[{ids}],"product_status":{{"known_not_affected":[{all}]}},"flags":[{flags}]}}]}}"#
    )
}

fn openvex(statements: &str) -> String {
    format!(r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","statements":[{statements}]}}"#)
}

fn npm(packages: &str) -> String {
    format!(r#"{{"auditReportVersion":2,"vulnerabilities":{{{packages}}},"metadata":{{}}}}"#)
}

fn npm_package(name: &str, direct: bool, effects: &str) -> String {
    format!(
        r#""{name}":{{"name":"{name}","isDirect":{direct},"via":[{{"source":5,"title":"A","url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc","severity":"low","range":"<1"}}],"effects":[{effects}]}}"#
    )
}

fn cyclonedx(components: &str, dependencies: &str, vulnerabilities: &str) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{components}],"dependencies":[{dependencies}],"vulnerabilities":[{vulnerabilities}]}}"#
    )
}

/// Each shape, and the size to begin with: so that what is linear is done in a moment without optimization.
const SHAPES: &[(&str, &[Shape], usize)] = &[
    ("sarif: empty rules", &[|n| sarif(&list(n, |_| "{}".into()), "", "", "")], 5_000),
    (
        "sarif: rules and results",
        &[|n| {
            sarif(
                &list(n, |at| format!(r#"{{"id":"R{at}"}}"#)),
                "",
                "",
                &results(n, |at| format!(r#""ruleId":"R{at}""#)),
            )
        }],
        1_000,
    ),
    (
        "sarif: levels that are changed",
        &[|n| {
            let changes = list(n, |at| {
                format!(r#"{{"descriptor":{{"id":"R{at}"}},"configuration":{{"level":"error"}}}}"#)
            });
            sarif(
                &list(n, |at| format!(r#"{{"id":"R{at}"}}"#)),
                "",
                &format!(r#","invocations":[{{"ruleConfigurationOverrides":[{changes}]}}]"#),
                "",
            )
        }],
        1_500,
    ),
    (
        "sarif: extensions found by guid",
        &[|n| {
            let extensions =
                list(n, |at| format!(r#"{{"name":"e{at}","guid":"g{at}","rules":[{{"id":"R"}}]}}"#));
            sarif(
                "",
                &extensions,
                "",
                &results(n, |at| format!(r#""rule":{{"index":0,"toolComponent":{{"guid":"g{at}"}}}}"#)),
            )
        }],
        1_000,
    ),
    (
        "sarif: placeholders and arguments",
        &[|n| {
            sarif(
                "",
                "",
                "",
                &format!(
                    r#"{{"ruleId":"R","message":{{"text":"{}","arguments":[{}]}}}}"#,
                    "{0}".repeat(n),
                    list(n, |_| format!("\"{}\"", "a".repeat(40)))
                ),
            )
        }],
        3_000,
    ),
    (
        "sarif: one message of all results",
        &[|n| {
            let rule = format!(r#"{{"id":"R","messageStrings":{{"m":{{"text":"{}"}}}}}}"#, "word ".repeat(n));
            sarif(&rule, "", "", &list(n, |_| r#"{"ruleId":"R","message":{"id":"m"}}"#.into()))
        }],
        2_000,
    ),
    (
        "sarif: messages by id",
        &[|n| {
            let rule = format!(
                r#"{{"id":"R","messageStrings":{{{}}}}}"#,
                list(n, |at| format!(r#""m{at}":{{"text":"t"}}"#))
            );
            sarif(&rule, "", "", &list(n, |at| format!(r#"{{"ruleId":"R","message":{{"id":"m{at}"}}}}"#)))
        }],
        1_000,
    ),
    (
        "sarif: artifacts and base places",
        &[|n| {
            let members = format!(
                r#","originalUriBaseIds":{{"B":{{"uri":"file:///{}"}}}},"artifacts":[{}]"#,
                "b/".repeat(n),
                list(n, |at| format!(r#"{{"location":{{"uri":"a{at}","uriBaseId":"B"}}}}"#))
            );
            sarif(
                "",
                "",
                &members,
                &results(n, |at| {
                    format!(
                        r#""ruleId":"R","locations":[{{"physicalLocation":{{"artifactLocation":{{"index":{at}}}}}}}]"#
                    )
                }),
            )
        }],
        2_000,
    ),
    (
        "sarif: one rule with a long help",
        &[|n| {
            let rule = format!(
                r#"{{"id":"CVE-2024-1","help":{{"text":"{}"}},"properties":{{"tags":[{}]}}}}"#,
                "Package: a\\n".repeat(n),
                list(n, |at| format!("\"CVE-2023-{at}\""))
            );
            sarif(&rule, "", "", &results(n, |_| r#""ruleId":"CVE-2024-1""#.into()))
        }],
        600,
    ),
    (
        "sarif: taxa",
        &[|n| {
            let members = format!(
                r#","taxonomies":[{{"name":"CWE","taxa":[{}]}}]"#,
                list(n, |at| format!(r#"{{"id":"{at}"}}"#))
            );
            sarif(
                "",
                "",
                &members,
                &results(n, |at| {
                    format!(r#""ruleId":"R","taxa":[{{"index":{at},"toolComponent":{{"index":0}}}}]"#)
                }),
            )
        }],
        600,
    ),
    (
        "sarif: runs",
        &[|n| {
            format!(
                r#"{{"version":"2.1.0","runs":[{}]}}"#,
                list(n, |at| format!(r#"{{"tool":{{"driver":{{"name":"T{at}"}}}},"results":[]}}"#))
            )
        }],
        3_000,
    ),
    ("osv: a chain of aliases", &[|n| osv(&list(n, flat))], 600),
    (
        "osv: one group of all",
        &[|n| {
            let ids = list(n, |at| format!("\"OSV-{at}\""));
            let records = list(n, |at| {
                format!(
                    r#"{{"id":"OSV-{at}","affected":[{{"ranges":[{{"events":[{{"fixed":"{at}"}}]}}]}}]}}"#
                )
            });
            osv(&format!(
                r#"{{"package":{{"name":"p","version":"1","ecosystem":"npm"}},"vulnerabilities":[{records}],"groups":[{{"ids":[{ids}],"aliases":[{ids}]}}]}}"#
            ))
        }],
        600,
    ),
    (
        "osv: one advisory under many names",
        &[|n| {
            osv(&list(n, |at| {
                format!(
                    r#"{{"package":{{"name":"p","version":"{at}","ecosystem":"npm"}},"vulnerabilities":[{{"id":"OSV-1","aliases":["OSV-X-{at}"]}}]}}"#
                )
            }))
        }],
        600,
    ),
    ("csaf: names and products", &[|n| csaf(n, n, 0)], 600),
    ("csaf: reasons and products", &[|n| csaf(n, 0, n)], 600),
    (
        "openvex: products and their parts",
        &[|n| {
            let (wholes, parts) = (
                list(n, |at| format!("\"https://x/{at}\"")),
                list(n.min(40), |at| format!("\"pkg:npm/p{at}@1\"")),
            );
            openvex(&format!(
                r#"{{"vulnerability":"CVE-1","products":[{wholes}],"subcomponents":[{parts}],"status":"not_affected"}}"#
            ))
        }],
        100,
    ),
    (
        "openvex: statements held against findings",
        &[
            |n| {
                openvex(&list(n, |at| {
                    format!(
                        r#"{{"vulnerability":{{"name":"OSV-1"}},"products":[{{"@id":"https://x/{at}","subcomponents":[{{"@id":"pkg:npm/p@{at}"}}]}}],"status":"fixed"}}"#
                    )
                }))
            },
            |n| {
                osv(&list(n, |at| {
                    format!(
                        r#"{{"package":{{"name":"p","version":"{at}","ecosystem":"npm"}},"vulnerabilities":[{{"id":"OSV-1"}}]}}"#
                    )
                }))
            },
        ],
        500,
    ),
    (
        "npm: a chain",
        &[|n| {
            npm(&list(n, |at| {
                npm_package(
                    &format!("p{at}"),
                    at == 0,
                    &at.checked_sub(1).map_or(String::new(), |before| format!("\"p{before}\"")),
                )
            }))
        }],
        600,
    ),
    (
        "npm: a dense graph",
        &[|n| {
            let side = n.isqrt();
            npm(&list(side, |at| {
                npm_package(&format!("p{at}"), false, &list(side, |other| format!("\"p{other}\"")))
            }))
        }],
        10_000,
    ),
    (
        "cyclonedx: one vulnerability of all components",
        &[|n| {
            let components = list(n, |at| {
                format!(
                    r#"{{"type":"library","bom-ref":"c{at}","name":"c{at}","version":"1","purl":"pkg:npm/c{at}@1"}}"#
                )
            });
            let affects = list(n, |at| format!(r#"{{"ref":"c{at}"}}"#));
            cyclonedx(
                &components,
                "",
                &format!(
                    r#"{{"id":"CVE-2024-1","description":"{}","affects":[{affects}]}}"#,
                    "word ".repeat(10 * n)
                ),
            )
        }],
        400,
    ),
    (
        "cyclonedx: a chain of dependencies",
        &[|n| {
            let components = list(n, |at| {
                format!(
                    r#"{{"type":"library","bom-ref":"c{at}","name":"c{at}","version":"1","purl":"pkg:npm/c{at}@1"}}"#
                )
            });
            let chain = list(n, |at| format!(r#"{{"ref":"c{at}","dependsOn":["c{}"]}}"#, at + 1));
            let found = list(n, |at| format!(r#"{{"id":"CVE-2024-{at}","affects":[{{"ref":"c{at}"}}]}}"#));
            cyclonedx(&components, &chain, &found)
        }],
        300,
    ),
];

#[test]
fn work_grows_with_the_report_and_no_faster() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let bad: Vec<String> =
        SHAPES.iter().filter_map(|(name, shapes, size)| grows(name, shapes, *size)).collect();
    assert!(bad.is_empty(), "{} of {}:\n{}", bad.len(), SHAPES.len(), bad.join("\n"));
}

#[test]
fn the_counts_tell_a_join_of_two_lists_from_one_list() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut found = 0;
    let mut last = 0;
    for size in [300, 1_200] {
        let before = MEMORY.total_allocated();
        let joined: Vec<Vec<u8>> = (0..size).map(|_| vec![0_u8; size * 20]).collect();
        assert_eq!(joined.len(), size);
        let now = (MEMORY.total_allocated() - before) as u64;
        found = now / last.max(1);
        last = now;
    }
    assert!(found > 2 * SLACK * 3, "sixteen times as much: {found}");
}

/// How much memory a report may take beyond itself, in bytes.
const MOST: usize = 256 << 20;

#[test]
fn memory_stays_bounded_whatever_a_report_lists() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let many = |element: &str, bytes: usize| {
        let mut text = String::with_capacity(bytes + element.len());
        while text.len() < bytes {
            let _ = write!(text, "{}{element}", if text.is_empty() { "" } else { "," });
        }
        text
    };
    let large = 3 << 20;
    let reports = [
        ("rules", sarif(&many("{}", large), "", "", "")),
        ("rules with ids", sarif(&list(large / 20, |at| format!(r#"{{"id":"R{at:07}"}}"#)), "", "", "")),
        ("extensions", sarif("", &many("{}", large), "", "")),
        ("artifacts", sarif("", "", &format!(r#","artifacts":[{}]"#, many("{}", large)), "")),
        ("runs", format!(r#"{{"version":"2.1.0","runs":[{}]}}"#, many(r#"{"results":[]}"#, large))),
        (
            "one result",
            sarif("", "", "", &format!(r#"{{"ruleId":"R","locations":[{}]}}"#, many("{}", large - 1_000))),
        ),
        (
            "osv",
            osv(&format!(
                r#"{{"package":{{"name":"p"}},"vulnerabilities":[{}]}}"#,
                many(r#"{"id":"a"}"#, large - 1_000)
            )),
        ),
        ("npm", npm(&npm_package("p", true, &many("\"a\"", large - 1_000)))),
    ];
    for (name, report) in reports {
        // what the report itself takes is the file's
        let reports = [report];
        let before = MEMORY.allocated();
        let peak = MEMORY.max_allocated();
        drop(survey(&reports));
        let most = MEMORY.max_allocated();
        // the most so far counts where it is this report's
        let taken = if most > peak { most - before } else { 0 };
        assert!(taken < MOST, "{name}: {} MiB", taken >> 20);
    }
}
