//! `docs/licences.md` lists what is enforced, each with the tests that show it.

use std::{fs, path::Path};

const DOCUMENT: &str = include_str!("../../../../docs/licences.md");

/// The first table below a heading of the document.
pub(super) fn documented(heading: &str) -> String {
    let (_, below) = DOCUMENT
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("there is no heading `{heading}`"));
    below
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn the_tests_that_the_document_names_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = documented("What is enforced");
    let mut rules = 0;
    for row in table.lines().skip(2) {
        let last = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let tests: Vec<_> = last.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test in: {row}");
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            let source = fs::read_to_string(root.join(file)).unwrap_or_default();
            assert!(
                source.contains(&format!("fn {name}(")),
                "there is no {test}"
            );
        }
        rules += 1;
    }
    assert!(rules > 10, "only {rules} rules");
}
