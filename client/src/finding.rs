//! What is wrong with a publication, in words.

use tributary_primitives::{
    ids::RecordId,
    valuation::{Finding, FoundFault, Row, Shadow},
};

/// What is wrong with these shadows and rows, by a finding about them.
pub(crate) fn words(finding: &Finding, shadows: &[Shadow], rows: &[Row]) -> String {
    match *finding {
        Finding::Entry { row, entry, fault } => {
            let listed = listed(rows, row, entry);
            let fault = match fault {
                FoundFault::Unknown => "is neither admitted nor delivered in this round",
                FoundFault::Listed(_) => "is listed as a copy as well",
                FoundFault::Wrong => {
                    "lies within the radius of the benchmark record or has the wrong match bit"
                }
            };
            format!("row {row} lists {listed}, which {fault}")
        }
        Finding::Order { row, entry } => format!(
            "row {row} lists {} before {}, which comes first",
            listed(rows, row, entry),
            listed(rows, row, entry.saturating_add(1))
        ),
        Finding::Missed { row, record } => format!(
            "row {row} leaves out {}, which comes before the last that it lists or for which there is room",
            name(record)
        ),
        Finding::NotShadow { index, fault } => {
            let pair = shadows.get(index as usize);
            let record = pair.map_or_else(unnamed, |pair| name(pair.shadow));
            let witness = pair.map_or_else(unnamed, |pair| name(pair.witness));
            let fault = match fault {
                FoundFault::Unknown => "is neither admitted nor delivered in this round",
                FoundFault::Listed(_) => "is listed as a copy itself",
                FoundFault::Wrong => "has another label or lies beyond the radius",
            };
            format!("{record} is listed as a copy of {witness}, which {fault}")
        }
        Finding::Shadow { record, witness } => format!(
            "{} is a copy of {} and is not listed",
            name(record),
            name(witness)
        ),
    }
}

/// What a row lists at a place.
fn listed(rows: &[Row], row: u32, entry: u8) -> String {
    rows.get(row as usize)
        .and_then(|row| row.entries.get(usize::from(entry)))
        .map_or_else(unnamed, |entry| name(entry.record))
}

fn name(record: RecordId) -> String {
    format!(
        "record {} of contribution {}",
        record.position, record.contribution
    )
}

/// Findings are of what they are shown with: this is never seen.
fn unnamed() -> String {
    "a record".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tributary_primitives::valuation::RowEntry;

    fn record(contribution: u32, position: u16) -> RecordId {
        RecordId {
            contribution,
            position,
        }
    }

    /// A finding about one shadow and two rows, in words.
    fn said(finding: Finding) -> String {
        let entries: Vec<_> = [record(0, 4), record(3, 12)]
            .map(|record| RowEntry {
                record,
                matches: true,
            })
            .into();
        let full = Row {
            entries: entries.try_into().unwrap(),
        };
        let empty = Row {
            entries: Vec::new().try_into().unwrap(),
        };
        let shadow = Shadow {
            shadow: record(3, 9),
            witness: record(0, 7),
        };
        words(&finding, &[shadow], &[empty, full])
    }

    #[test]
    fn an_unlisted_copy_is_named_with_what_it_copies() {
        let finding = Finding::Shadow {
            record: record(3, 12),
            witness: record(0, 4),
        };
        assert_eq!(
            said(finding),
            "record 12 of contribution 3 is a copy of record 4 of contribution 0 and is not listed"
        );
    }

    #[test]
    fn what_is_no_copy_is_named_with_its_witness_and_the_reason() {
        for (fault, reason) in [
            (
                FoundFault::Unknown,
                "is neither admitted nor delivered in this round",
            ),
            (FoundFault::Listed(5), "is listed as a copy itself"),
            (
                FoundFault::Wrong,
                "has another label or lies beyond the radius",
            ),
        ] {
            assert_eq!(
                said(Finding::NotShadow { index: 0, fault }),
                format!("record 9 of contribution 3 is listed as a copy of record 7 of contribution 0, which {reason}")
            );
        }
    }

    #[test]
    fn a_wrong_entry_is_named_with_its_row_and_the_reason() {
        for (fault, reason) in [
            (
                FoundFault::Unknown,
                "is neither admitted nor delivered in this round",
            ),
            (FoundFault::Listed(0), "is listed as a copy as well"),
            (
                FoundFault::Wrong,
                "lies within the radius of the benchmark record or has the wrong match bit",
            ),
        ] {
            let finding = Finding::Entry {
                row: 1,
                entry: 1,
                fault,
            };
            assert_eq!(
                said(finding),
                format!("row 1 lists record 12 of contribution 3, which {reason}")
            );
        }
    }

    #[test]
    fn two_entries_in_the_wrong_order_are_both_named() {
        assert_eq!(
            said(Finding::Order { row: 1, entry: 0 }),
            "row 1 lists record 4 of contribution 0 before record 12 of contribution 3, which comes first"
        );
    }

    #[test]
    fn what_a_row_leaves_out_is_named() {
        let finding = Finding::Missed {
            row: 0,
            record: record(2, 1),
        };
        assert_eq!(
            said(finding),
            "row 0 leaves out record 1 of contribution 2, which comes before the last that it lists or for which there is room"
        );
    }
}
