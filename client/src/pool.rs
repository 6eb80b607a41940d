//! Data pools: whose contributions they hold, and what each weighs.

use std::collections::BTreeMap;

use anyhow::{ensure, Context as _, Result};
use subxt::utils::{AccountId32, Static, H256};
use tributary_primitives::{
    assets::Pool,
    hashing,
    merkle::{self, Range},
};

use crate::{
    asset::pool_text,
    chain::{
        calls::{Member as Author, Proof},
        state::{Contribution, PoolTerms, Status},
        Snapshot,
    },
    failure::Misuse,
    round,
};

/// An admitted contribution.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its number.
    pub(crate) number: u32,
    /// The contribution.
    pub(crate) contribution: Contribution,
    /// What it weighs.
    pub(crate) weight: u128,
}

/// The members of a pool, in the order of the leaves of its tree: those that consent was withdrawn of have leaves as well.
#[derive(Clone, Debug)]
pub(crate) struct Members {
    pool: Pool,
    leaves: Vec<Member>,
}

impl Members {
    /// The members of a pool, among all contributions of its datanet.
    fn of(pool: Pool, contributions: &[(u32, Contribution)]) -> Self {
        let members = contributions.iter().filter(|(_, contribution)| {
            contribution.status == Status::Admitted && contribution.round <= pool.round
        });
        let leaves = members
            .map(|(number, contribution)| Member {
                number: *number,
                contribution: contribution.clone(),
                weight: u128::try_from(contribution.value).unwrap_or_default(),
            })
            .collect();
        Self { pool, leaves }
    }

    /// The members of a pool, checked against the root that it opened with.
    pub(crate) async fn fetch(state: &Snapshot, pool: Pool) -> Result<Self> {
        let contributions = round::contributions(state, pool.datanet).await?;
        Self::among(state, pool, &contributions).await
    }

    /// The same, where all contributions of the datanet are there already.
    pub(crate) async fn among(
        state: &Snapshot,
        pool: Pool,
        contributions: &[(u32, Contribution)],
    ) -> Result<Self> {
        let terms: Option<PoolTerms> = state.get("Rewards", "Pools", (Static(pool),)).await?;
        let terms = terms.with_context(|| Misuse(format!("{} is not final", pool_text(pool))))?;
        let members = Self::of(pool, contributions);
        ensure!(
            members.root() == terms.root.0 && members.leaves.len() == terms.count as usize,
            "the admitted contributions of {} do not lead to the root of its pool",
            pool_text(pool)
        );
        let weight = members
            .iter()
            .try_fold(0u128, |sum, member| sum.checked_add(member.weight));
        ensure!(
            weight == Some(terms.weight),
            "those contributions of {} that are not withdrawn have another weight than its pool says",
            pool_text(pool)
        );
        Ok(members)
    }

    /// The members that the pool pays and the snapshot has, ascending by number: without those that were withdrawn before.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.leaves
            .iter()
            .filter(|member| !member.contribution.is_left_out(self.pool.round))
    }

    /// The proof of what a contribution weighs, if it is a member.
    pub(crate) fn proof(&self, number: u32) -> Option<Proof> {
        let position = self
            .leaves
            .iter()
            .position(|member| member.number == number)?;
        let index = u32::try_from(position).ok()?;
        let member = &self.leaves[position];
        Some(Proof {
            account: member.contribution.contributor,
            weight: member.weight,
            index,
            path: Static(merkle::prove(&self.leaves(), index)?),
        })
    }

    fn leaves(&self) -> Vec<(H256, u128)> {
        let leaf = |member: &Member| {
            let account: &AccountId32 = &member.contribution.contributor;
            (hashing::weight_leaf(member.number, account), member.weight)
        };
        self.leaves.iter().map(leaf).collect()
    }

    fn root(&self) -> merkle::Node {
        let mut range = Range::default();
        for (leaf, weight) in self.leaves() {
            if range.append(leaf, weight).is_err() {
                return merkle::Node::default();
            }
        }
        range.root()
    }
}

/// Who is paid for contributions to a datanet: their authors, where some are named.
pub(crate) struct Payees(BTreeMap<u32, Vec<Author>>);

impl Payees {
    /// Those that authors were named for.
    pub(crate) async fn fetch(state: &Snapshot, datanet: u32) -> Result<Self> {
        let authors: Vec<((u32, u32), Vec<Author>)> =
            state.entries("Rewards", "Payees", (datanet,)).await?;
        let authors = authors.into_iter();
        Ok(Self(
            authors
                .map(|((_, contribution), authors)| (contribution, authors))
                .collect(),
        ))
    }

    /// Those of one contribution only.
    #[cfg(test)]
    pub(crate) fn of_one(contribution: u32, authors: Vec<Author>) -> Self {
        Self(BTreeMap::from([(contribution, authors)]))
    }

    /// Who is paid for a contribution, with their parts: its authors, or else its contributor.
    pub(crate) fn of(&self, contribution: u32, contributor: &AccountId32) -> Vec<Author> {
        let alone = || {
            vec![Author {
                account: *contributor,
                part: 1_000_000_000,
            }]
        };
        self.0.get(&contribution).cloned().unwrap_or_else(alone)
    }

    /// Whether an account is paid for a contribution: as one of its authors, or else as its contributor.
    pub(crate) fn include(
        &self,
        contribution: u32,
        contributor: &AccountId32,
        account: &AccountId32,
    ) -> bool {
        let payees = self.of(contribution, contributor);
        payees.iter().any(|payee| payee.account == *account)
    }
}

/// The final rounds of a datanet, ascending.
pub(crate) async fn final_rounds(state: &Snapshot, datanet: u32) -> Result<Vec<u32>> {
    let mut rounds = Vec::new();
    for number in 1..=round::datanet(state, datanet).await?.rounds {
        if round::round(state, datanet, number)
            .await?
            .outcome
            .is_some()
        {
            rounds.push(number);
        }
    }
    Ok(rounds)
}

/// All datanets.
pub(crate) async fn datanets(state: &Snapshot) -> Result<Vec<u32>> {
    let next: Option<u32> = state.get("Datanets", "NextDatanet", ()).await?;
    Ok((0..next.unwrap_or_default()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::state;

    fn contribution(round: u32, status: Status, value: i128) -> Contribution {
        Contribution {
            status,
            value,
            ..state::tests::contribution(round)
        }
    }

    #[test]
    fn a_pool_holds_what_was_admitted_up_to_its_round_and_proves_each_weight() {
        let contributions = vec![
            (0, contribution(1, Status::Admitted, 5)),
            (1, contribution(1, Status::Rejected, -5)),
            (3, contribution(1, Status::Admitted, 7)),
            (4, contribution(2, Status::Admitted, 11)),
            (6, contribution(3, Status::Delivered, 0)),
        ];
        let first = Members::of(
            Pool {
                datanet: 0,
                round: 1,
            },
            &contributions,
        );
        assert_eq!(
            first.iter().map(|member| member.number).collect::<Vec<_>>(),
            vec![0, 3]
        );
        let second = Members::of(
            Pool {
                datanet: 0,
                round: 2,
            },
            &contributions,
        );
        assert_eq!(second.root().sum, 23);
        for member in second.iter() {
            let proof = second.proof(member.number).unwrap();
            let leaf = hashing::weight_leaf(member.number, &member.contribution.contributor);
            assert_eq!(proof.weight, member.weight);
            assert!(merkle::verify(
                second.root(),
                3,
                proof.index,
                leaf,
                proof.weight,
                &proof.path.0
            ));
        }
        assert!(second.proof(1).is_none());
    }

    #[test]
    fn authors_are_paid_in_the_place_of_the_contributor() {
        let [contributor, author, other] = [1, 2, 3].map(|byte| AccountId32([byte; 32]));
        let named = Author {
            account: author,
            part: 1_000_000_000,
        };
        let payees = Payees::of_one(4, vec![named]);
        let paid = |number| {
            [contributor, author, other].map(|who| payees.include(number, &contributor, &who))
        };
        assert_eq!(paid(4), [false, true, false]);
        assert_eq!(paid(5), [true, false, false]);
    }

    #[test]
    fn what_is_withdrawn_has_a_leaf_in_later_pools_and_no_part() {
        let withdrawn = Contribution {
            withdrawn: Some(2),
            ..contribution(1, Status::Admitted, 5)
        };
        let contributions = vec![
            (0, withdrawn),
            (1, contribution(1, Status::Admitted, 7)),
            (2, contribution(2, Status::Admitted, 11)),
        ];
        let numbers = |round| -> Vec<u32> {
            let pool = Pool { datanet: 0, round };
            let members = Members::of(pool, &contributions);
            members.iter().map(|member| member.number).collect()
        };
        assert_eq!(numbers(1), vec![0, 1]);
        assert_eq!(numbers(2), vec![1, 2]);
        assert_eq!(numbers(3), vec![1, 2]);
        let pool = Pool {
            datanet: 0,
            round: 2,
        };
        let members = Members::of(pool, &contributions);
        assert_eq!(members.root().sum, 23);
        let proof = members.proof(2).unwrap();
        assert_eq!(proof.index, 2);
        let leaf = hashing::weight_leaf(2, &contributions[2].1.contributor);
        assert!(merkle::verify(
            members.root(),
            3,
            proof.index,
            leaf,
            proof.weight,
            &proof.path.0
        ));
    }
}
