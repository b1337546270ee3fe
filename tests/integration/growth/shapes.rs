//! Shapes of reports that once cost more than they should, each a join that a report controls.

use super::list;

/// A report of a size, which grows in proportion to it.
pub(super) type Shape = fn(usize) -> String;

/// A SARIF run with these rules, extensions and members, and these results.
pub(super) fn sarif(rules: &str, extensions: &str, members: &str, results: &str) -> String {
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"T","rules":[{rules}]}},"extensions":[{extensions}]}}{members},"results":[{results}]}}]}}"#
    )
}

fn results(count: usize, of: impl Fn(usize) -> String) -> String {
    list(count, |at| format!(r#"{{"message":{{"text":"m"}},{}}}"#, of(at)))
}

pub(super) fn osv(packages: &str) -> String {
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

pub(super) fn npm(packages: &str) -> String {
    format!(r#"{{"auditReportVersion":2,"vulnerabilities":{{{packages}}},"metadata":{{}}}}"#)
}

pub(super) fn npm_package(name: &str, direct: bool, effects: &str) -> String {
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
pub(super) const SHAPES: &[(&str, &[Shape], usize)] = &[
    (
        "sarif: lists of results in one run",
        &[|n| {
            let again = r#","results":[]"#.repeat(n);
            format!(r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"T"}}}}{again}}}]}}"#)
        }],
        5_000,
    ),
    (
        "trivy: lists of results of a nameless resource",
        &[|n| {
            let again = list(n, |_| r#""Results":[]"#.into());
            format!(r#"{{"ClusterName":"c","Resources":[{{{again}}}]}}"#)
        }],
        5_000,
    ),
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
