//! How others can know what rounds are worth, in words: *measured* and *attested* are never the same.

use tributary_primitives::datanets::Evidence;

/// In a word.
pub(crate) fn word(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Open => "measured",
        Evidence::Attested { .. } => "attested",
    }
}

/// Text about values, marked where they are attested.
pub(crate) fn marked(text: String, evidence: Evidence) -> String {
    match evidence {
        _ if text.is_empty() => text,
        Evidence::Open => text,
        Evidence::Attested { .. } => format!("{text}, attested"),
    }
}

/// In a line, where a round has so many providers or attestors.
pub(crate) fn line(evidence: Evidence, providers: usize) -> String {
    match evidence {
        Evidence::Open => "measured: anybody can check the values".to_owned(),
        Evidence::Attested { threshold } => format!(
            "attested by {threshold} of {providers}, who must say the same: nobody else sees the records"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attested_is_nowhere_called_measured() {
        let attested = Evidence::Attested { threshold: 2 };
        let text = marked("0.1 -> 0.7".into(), attested);
        assert_eq!(text, "0.1 -> 0.7, attested");
        assert_eq!(marked(String::new(), attested), "");
        for text in [word(attested).to_owned(), text, line(attested, 3)] {
            assert!(text.contains("attested") && !text.contains("measured"));
        }
        assert_eq!(marked("0.1 -> 0.7".into(), Evidence::Open), "0.1 -> 0.7");
        assert!(line(Evidence::Open, 3).starts_with(word(Evidence::Open)));
    }
}
