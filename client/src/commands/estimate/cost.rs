//! What it costs to contribute, and what a round pays.

use anyhow::{Context as _, Result};
use sp_core::U256;
use subxt::utils::AccountId32;
use tributary_primitives::datanets::Phase;

use crate::{
    chain::{
        state::{Datanet, Pledged},
        Snapshot,
    },
    records::Records,
    round::{self, Step},
};

/// The bond and the fee of a contribution of these records, as the chain tells them.
pub(super) async fn costs(now: &Snapshot, datanet: u32, records: &Records) -> Result<(u128, u128)> {
    let (count, bytes) = (
        u16::try_from(records.len())?,
        u32::try_from(records.size())?,
    );
    let costs: Option<(u128, u128)> = now
        .view("Datanets", "costs", (datanet, count, bytes))
        .await?;
    costs.context("no contribution of the datanet has so many records and bytes")
}

/// Money that a round pays for accuracy.
pub(super) struct Offer {
    pub(super) round: u32,
    pub(super) sponsor: AccountId32,
    pub(super) price: u128,
    pub(super) budget: u128,
    /// Whether the round has it, or its steward has yet to take it.
    pub(super) taken: bool,
}

impl Offer {
    /// The sponsorship of the round that takes commitments now; if there is none, what is pledged to rounds to come.
    pub(super) async fn all(now: &Snapshot, datanet: u32) -> Result<Vec<Self>> {
        let Datanet { rounds, .. } = round::datanet(now, datanet).await?;
        if rounds > 0 {
            let standing = round::standing(now, datanet, rounds).await?;
            if standing.round.phase.0 == Phase::Committing && standing.step != Step::Advance {
                let taken = standing.round.sponsorship.map(|found| Self {
                    round: rounds,
                    sponsor: found.sponsor,
                    price: found.price,
                    budget: found.budget,
                    taken: true,
                });
                return Ok(taken.into_iter().collect());
            }
        }
        let pledges: Vec<((u32, AccountId32), Pledged)> =
            now.entries("Datanets", "Pledges", (datanet,)).await?;
        let pledges = pledges
            .into_iter()
            .filter(|(_, pledge)| pledge.round > rounds);
        let mut offers: Vec<_> = pledges
            .map(|((_, sponsor), pledge)| Self {
                round: pledge.round,
                sponsor,
                price: pledge.price,
                budget: pledge.budget,
                taken: false,
            })
            .collect();
        offers.sort_by_key(|offer| (offer.round, u128::MAX - offer.price));
        Ok(offers)
    }

    /// What it pays for a value if nobody else gains anything, or takes out of a bond for a negative one.
    pub(super) fn pays(&self, value: i128, unit: u128, bond: u128) -> Money {
        let worth = proportion(self.price, value.unsigned_abs(), unit);
        if value >= 0 {
            Money {
                paid: worth.min(self.budget),
                burnt: 0,
            }
        } else {
            Money {
                paid: 0,
                burnt: worth.min(bond),
            }
        }
    }
}

/// What a value comes to.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Money {
    pub(super) paid: u128,
    pub(super) burnt: u128,
}

/// `amount` x `value` / `unit`, rounded down; the largest number if it is larger.
fn proportion(amount: u128, value: u128, unit: u128) -> u128 {
    let product = U256::from(amount) * U256::from(value) / U256::from(unit.max(1));
    product.min(U256::from(u128::MAX)).low_u128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pay_is_in_proportion_up_to_the_budget_and_losses_up_to_the_bond() {
        let offer = Offer {
            round: 1,
            sponsor: AccountId32([0; 32]),
            price: 1_000,
            budget: 300,
            taken: true,
        };
        let money = |paid, burnt| Money { paid, burnt };
        assert_eq!(offer.pays(10, 64, 50), money(156, 0));
        assert_eq!(offer.pays(32, 64, 50), money(300, 0));
        assert_eq!(offer.pays(0, 64, 50), money(0, 0));
        assert_eq!(offer.pays(-1, 64, 50), money(0, 15));
        assert_eq!(offer.pays(-32, 64, 50), money(0, 50));
        let dear = Offer {
            price: u128::MAX,
            budget: u128::MAX,
            ..offer
        };
        assert_eq!(dear.pays(i128::MAX, 1, 0).paid, u128::MAX);
    }
}
