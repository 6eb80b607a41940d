//! Who contributed to the rounds of data that a model comes from.

use std::collections::{btree_map::Entry, BTreeMap};

use anyhow::Result;
use serde_json::{json, Value};
use tributary_primitives::assets::Pool;

use crate::{
    chain::{calls::Member as Payee, state::Contribution, Snapshot},
    fairness::Ratio,
    money::Part,
    output::count,
    pool::{Member, Members, Payees},
    round,
};

/// How many contributions of a round people are shown.
const NAMED: usize = 3;

/// Contributions of datanets and who is paid for them, read once each, however many rounds an ancestry has of a datanet.
#[derive(Default)]
pub(super) struct Datanets(BTreeMap<u32, (Vec<(u32, Contribution)>, Payees)>);

impl Datanets {
    /// The contributions that a pool pays, checked against the root that it opened with.
    pub(super) async fn contributors(
        &mut self,
        state: &Snapshot,
        pool: Pool,
    ) -> Result<Contributors> {
        let (contributions, payees) = match self.0.entry(pool.datanet) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert((
                round::contributions(state, pool.datanet).await?,
                Payees::fetch(state, pool.datanet).await?,
            )),
        };
        let members = Members::among(state, pool, contributions).await?;
        Ok(Contributors::of(members.iter(), payees))
    }
}

/// A contribution that a pool pays.
struct Contributor {
    number: u32,
    payees: Vec<Payee>,
    weight: u128,
    /// The first round that leaves it out, if consent was withdrawn.
    withdrawn: Option<u32>,
}

/// The contributions that a pool pays, ascending by number.
#[derive(Default)]
pub(super) struct Contributors(Vec<Contributor>);

impl Contributors {
    fn of<'a>(members: impl Iterator<Item = &'a Member>, payees: &Payees) -> Self {
        let all = members.map(|member| Contributor {
            number: member.number,
            payees: payees.of(member.number, &member.contribution.contributor),
            weight: member.weight,
            withdrawn: member.contribution.withdrawn,
        });
        Self(all.collect())
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    fn part(&self, weight: u128) -> Ratio {
        let whole = self.0.iter().map(|one| one.weight);
        // The pool's own weight has as many bits.
        Ratio::of_amounts(weight, whole.fold(0, u128::saturating_add))
    }

    /// All of them, for programs.
    pub(super) fn json(&self) -> Value {
        let one = |one: &Contributor| {
            let accounts = one.payees.iter();
            let accounts =
                accounts.map(|payee| json!({ "account": payee.account, "part": Part(payee.part) }));
            json!({
                "contribution": one.number,
                "accounts": accounts.collect::<Vec<_>>(),
                "weight": one.weight.to_string(),
                "part": self.part(one.weight),
                "withdrawn": one.withdrawn,
            })
        };
        self.0.iter().map(one).collect()
    }

    /// Those with the largest parts and how many others there are, for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|one| (u128::MAX - one.weight, one.number));
        let (named, others) = all.split_at(NAMED.min(all.len()));
        let mut lines: Vec<_> = named
            .iter()
            .map(|one| format!("{}: {}", one.text(), self.part(one.weight).percent()))
            .collect();
        if !others.is_empty() {
            let rest = others.iter().map(|one| one.weight);
            let rest = self.part(rest.fold(0, u128::saturating_add));
            lines.push(format!(
                "and {}: {}",
                count(others.len(), "other"),
                rest.percent()
            ));
        }
        lines
    }
}

impl Contributor {
    /// Which it is and whose, in a few words.
    fn text(&self) -> String {
        let payees: Vec<_> = match &self.payees[..] {
            [alone] => vec![alone.account.to_string()],
            several => several
                .iter()
                .map(|payee| format!("{} ({})", payee.account, Part(payee.part)))
                .collect(),
        };
        let withdrawn = self.withdrawn.map_or_else(String::new, |since| {
            format!(", withdrawn since round {since}")
        });
        format!(
            "contribution {} of {}{withdrawn}",
            self.number,
            payees.join(" and ")
        )
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::chain::state;
    use subxt::utils::AccountId32;

    fn account(byte: u8) -> AccountId32 {
        AccountId32([byte; 32])
    }

    fn payee(byte: u8, percent: u32) -> Payee {
        Payee {
            account: account(byte),
            part: percent * 10_000_000,
        }
    }

    /// Contributions of these weights, each by somebody else.
    pub(in super::super) fn contributors(weights: &[u128]) -> Contributors {
        let all = (1u8..).zip(weights).map(|(byte, weight)| Contributor {
            number: u32::from(byte),
            payees: vec![payee(byte, 100)],
            weight: *weight,
            withdrawn: None,
        });
        Contributors(all.collect())
    }

    #[test]
    fn people_are_shown_the_largest_parts_and_how_many_others_there_are() {
        let lines = contributors(&[5, 40, 0, 30, 25]).lines();
        let of = |byte| account(byte).to_string();
        assert_eq!(
            lines,
            [
                format!("contribution 2 of {}: 40.00 %", of(2)),
                format!("contribution 4 of {}: 30.00 %", of(4)),
                format!("contribution 5 of {}: 25.00 %", of(5)),
                "and 2 others: 5.00 %".to_owned(),
            ]
        );
        assert_eq!(contributors(&[1, 1]).lines().len(), 2);
        assert!(contributors(&[]).lines().is_empty());
    }

    #[test]
    fn a_round_that_nothing_was_worth_anything_in_has_no_parts() {
        let lines = contributors(&[0]).lines();
        assert!(lines[0].ends_with("0.00 %"), "{lines:?}");
    }

    #[test]
    fn programs_read_each_contribution_with_its_authors_and_whether_it_is_withdrawn() {
        let member = |number, weight| Member {
            number,
            contribution: state::Contribution {
                withdrawn: Some(3).filter(|_| number == 4),
                ..state::tests::contribution(1)
            },
            weight,
        };
        let payees = Payees::of_one(4, vec![payee(7, 60), payee(8, 40)]);
        let members = [member(2, 30), member(4, 10)];
        let contributors = Contributors::of(members.iter(), &payees);
        let json = contributors.json();
        assert_eq!(json[0]["contribution"], 2);
        assert_eq!(json[0]["weight"], "30");
        assert_eq!(json[0]["part"], 0.75);
        assert_eq!(json[0]["withdrawn"], Value::Null);
        let contributor = member(2, 30).contribution.contributor.to_string();
        assert_eq!(
            json[0]["accounts"],
            json!([{ "account": contributor, "part": "100%" }])
        );
        assert_eq!(json[1]["accounts"][1]["part"], "40%");
        assert_eq!(json[1]["withdrawn"], 3);
        let lines = contributors.lines();
        let authors = format!("{} (60%) and {} (40%)", account(7), account(8));
        assert_eq!(
            lines[1],
            format!("contribution 4 of {authors}, withdrawn since round 3: 25.00 %")
        );
    }
}
