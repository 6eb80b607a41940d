//! What it costs to contribute, and what a round pays.

use anyhow::Result;
use sp_core::U256;
use subxt::utils::AccountId32;
use tributary_primitives::datanets::{Phase, Recipe};

use crate::{
    chain::{
        state::{Contribution, Datanet, Pledged, Status},
        Chain, Snapshot,
    },
    concluded::Concluded,
    round::{self, Step},
};

/// What contributions were asked for as a bond.
pub(super) struct Asked(Vec<(u32, u128)>);

impl Asked {
    /// Bonds that are whole, of contributions that wait for their value, or did before a round was final.
    pub(super) async fn fetch(
        chain: &Chain,
        now: &Snapshot,
        datanet: u32,
        recipe: &Recipe,
        last: Option<u32>,
    ) -> Result<Self> {
        let mut found = Self::of(&round::contributions(now, datanet).await?);
        // One that the deposit by bytes falls short of tells everything.
        let told = found
            .0
            .iter()
            .any(|(bytes, bond)| by_bytes(recipe.deposit_per_byte, *bytes) < *bond);
        if let (false, Some(last)) = (told, last) {
            let concluded = Concluded::fetch(chain, now, datanet, last).await?;
            let before = concluded.before(chain).await?;
            found
                .0
                .extend(Self::of(&round::contributions(&before, datanet).await?).0);
        }
        Ok(found)
    }

    fn of(contributions: &[(u32, Contribution)]) -> Self {
        let waiting = contributions.iter().filter(|(_, contribution)| {
            matches!(contribution.status, Status::Committed | Status::Delivered)
        });
        Self(
            waiting
                .map(|(_, contribution)| (contribution.bytes, contribution.bond))
                .collect(),
        )
    }

    /// The bond for so many bytes: it is by bytes, and at least the price of what the chain stores, which only what others were asked for
    /// tells. At least so much and, if that is known, at most.
    pub(super) fn bond(&self, per_byte: u128, bytes: u32) -> (u128, Option<u128>) {
        let own = by_bytes(per_byte, bytes);
        let mut asked = self.0.iter();
        let told = asked.find(|(bytes, bond)| by_bytes(per_byte, *bytes) < *bond);
        if let Some((_, price)) = told {
            let bond = own.max(*price);
            return (bond, Some(bond));
        }
        let least = self.0.iter().map(|(_, bond)| *bond).min();
        (own, least.map(|least| own.max(least)))
    }
}

fn by_bytes(per_byte: u128, bytes: u32) -> u128 {
    per_byte.saturating_mul(bytes.into())
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

    fn asked(asked: &[(u32, u128)]) -> Asked {
        Asked(asked.to_vec())
    }

    #[test]
    fn a_bond_is_by_bytes_and_at_least_what_others_were_asked_for_storage() {
        // Ten a byte; storage costs 500.
        let told = asked(&[(100, 1_000), (20, 500)]);
        assert_eq!(told.bond(10, 70), (700, Some(700)));
        assert_eq!(told.bond(10, 30), (500, Some(500)));
        let untold = asked(&[(100, 1_000), (80, 800)]);
        assert_eq!(untold.bond(10, 90), (900, Some(900)));
        assert_eq!(untold.bond(10, 30), (300, Some(800)));
        assert_eq!(asked(&[]).bond(10, 30), (300, None));
    }

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
