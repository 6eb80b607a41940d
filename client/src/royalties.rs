//! Royalties in one table, whether they are quoted by a licence or counted by a model's ledger.

use anyhow::{anyhow, Result};
use serde_json::{json, Value};
use tributary_primitives::{
    assets::{LateRoyalties, Royalty, RoyaltyStack},
    ledger::{top_up, Ground, RebaseError, Royalties},
};

use crate::{
    asset::payee_text,
    chain::state::RoyaltyStatement,
    money::{Amount, Part},
    output::Grid,
};

/// A royalty as it is shown.
pub(crate) struct RoyaltyLine {
    royalty: Royalty,
    ground: Ground,
    frozen: bool,
    /// What it has come to and what of it is paid, where a ledger counts that.
    counted: Option<(u128, u128)>,
}

impl RoyaltyLine {
    /// What is remarkable about it.
    fn remark(&self) -> &'static str {
        match (self.ground, self.frozen) {
            (Ground::Claimed, _) => "claimed, set aside",
            (_, true) => "disputed, held back",
            (Ground::Late, false) => "late",
            (Ground::Stack, false) => "",
        }
    }

    fn json(&self) -> Value {
        let mut json = json!({
            "payee": self.royalty.payee,
            "rate": Part(self.royalty.rate.deconstruct()),
            "ceiling": self.royalty.ceiling.map(Amount),
            "ground": format!("{:?}", self.ground),
        });
        if let Some((earned, paid)) = self.counted {
            json["earned"] = json!(Amount(earned));
            json["paid"] = json!(Amount(paid));
            json["frozen"] = self.frozen.into();
        }
        json
    }
}

impl From<&RoyaltyStatement> for RoyaltyLine {
    fn from(entry: &RoyaltyStatement) -> Self {
        Self {
            royalty: entry.royalty.0,
            ground: entry.ground.0,
            frozen: entry.frozen,
            counted: Some((entry.earned, entry.paid)),
        }
    }
}

/// What is owed of each unit of net where a licence asks for these royalties: pools are topped up, and late royalties have no more than
/// the others leave, as in a model's ledger.
pub(crate) fn standing_royalties(
    stack: &RoyaltyStack,
    late: &LateRoyalties,
) -> Result<Vec<RoyaltyLine>> {
    let mut stack = stack.clone();
    top_up(&mut stack);
    let rebased = Royalties::new(&stack)
        .map_err(RebaseError::from)
        .and_then(|royalties| royalties.rebase(0, &stack, late))
        .map_err(|error| anyhow!("the chain asks for royalties that cannot be: {error:?}"))?;
    let lines = rebased.royalties.entries().iter().map(|entry| RoyaltyLine {
        royalty: entry.applied(),
        ground: entry.ground,
        frozen: entry.frozen.is_some(),
        counted: None,
    });
    Ok(lines.collect())
}

/// The table of royalties for people, whose first column says what their payees have, and the list for programs.
pub(crate) fn royalty_table(heading: &str, lines: &[RoyaltyLine]) -> (Grid, Vec<Value>) {
    let counted = lines.iter().any(|line| line.counted.is_some());
    let mut headings = vec![heading, ">of its net", ">ceiling"];
    headings.extend(counted.then_some(">so far"));
    headings.push("");
    let mut table = Grid::of(headings.into_iter().map(ToOwned::to_owned).collect());
    for line in lines {
        let ceiling = line.royalty.ceiling.map(Amount);
        let mut cells = vec![
            payee_text(line.royalty.payee),
            Part(line.royalty.rate.deconstruct()).to_string(),
            ceiling.map_or_else(|| "none".to_owned(), |ceiling| ceiling.to_string()),
        ];
        cells.extend(line.counted.map(|(earned, _)| Amount(earned).to_string()));
        cells.push(line.remark().to_owned());
        table.cells(cells);
    }
    (table, lines.iter().map(RoyaltyLine::json).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Output;
    use std::collections::BTreeMap;
    use tributary_primitives::{assets::Payee, Perbill};

    fn royalty(model: u32, percent: u32, ceiling: Option<u128>) -> Royalty {
        Royalty {
            payee: Payee::Model(model),
            rate: Perbill::from_percent(percent),
            ceiling,
        }
    }

    fn text(table: Grid) -> String {
        Output::new(Value::Null).table(table).text(&BTreeMap::new())
    }

    #[test]
    fn a_late_royalty_is_quoted_with_its_ceiling_and_marked() {
        let stack = RoyaltyStack::truncate_from(vec![royalty(1, 10, None)]);
        let late = LateRoyalties::truncate_from(vec![royalty(2, 5, Some(3_000_000_000_000))]);
        let (table, list) = royalty_table("earns", &standing_royalties(&stack, &late).unwrap());
        let text = text(table);
        let row = text.lines().find(|line| line.contains("model 2")).unwrap();
        for cell in ["5%", "3 TRIB", "late"] {
            assert!(row.contains(cell), "{cell} is not in {row}");
        }
        let row = text.lines().find(|line| line.contains("model 1")).unwrap();
        assert!(row.contains("none") && !row.contains("late"), "{row}");
        assert_eq!(list[0]["ground"], "Stack");
        assert_eq!(list[1]["ground"], "Late");
        assert_eq!(list[1]["ceiling"], "3000000000000");
        assert!(!text.contains("so far"), "a quote has counted nothing");
    }

    #[test]
    fn late_royalties_have_no_more_than_the_stack_leaves() {
        let stack = RoyaltyStack::truncate_from(vec![royalty(1, 60, None)]);
        let late = LateRoyalties::truncate_from(vec![royalty(2, 50, None)]);
        let lines = standing_royalties(&stack, &late).unwrap();
        assert_eq!(lines[1].royalty.rate, Perbill::from_percent(40));
    }

    #[test]
    fn what_is_counted_has_a_column_and_what_is_disputed_says_so() {
        let line = RoyaltyLine {
            royalty: royalty(1, 10, None),
            ground: Ground::Late,
            frozen: true,
            counted: Some((7_000_000_000_000, 0)),
        };
        let (table, list) = royalty_table("owes", &[line]);
        let text = text(table);
        for cell in ["so far", "7 TRIB", "disputed, held back"] {
            assert!(text.contains(cell), "{cell} is not in:\n{text}");
        }
        assert_eq!(list[0]["frozen"], true);
    }
}
