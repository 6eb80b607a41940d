//! What people own, and what they must own by all that happened.

use super::*;
use frame_support::traits::fungible::{Inspect, InspectHold};
use pallet_rewards::Source;

/// What each account of the network begins with.
pub(super) const ENDOWMENT: Balance = 1_000_000 * currency::TRIB;

/// All that `who` owns outside the pot, on hold or not.
pub(super) fn wealth(who: Person) -> Balance {
    <Balances as Inspect<AccountId>>::total_balance(&account(who))
}

/// What `who` owns and has not on hold.
pub(super) fn free(who: Person) -> Balance {
    <Balances as Inspect<AccountId>>::balance(&account(who))
}

/// What `who` has on hold for `reason`.
pub(super) fn on_hold(who: Person, reason: impl Into<RuntimeHoldReason>) -> Balance {
    <Balances as InspectHold<AccountId>>::balance_on_hold(&reason.into(), &account(who))
}

/// All that `who` has on hold.
pub(super) fn all_on_hold(who: Person) -> Balance {
    <Balances as InspectHold<AccountId>>::total_balance_on_hold(&account(who))
}

/// What `who` could withdraw from the pot.
pub(super) fn claimable(who: Person) -> Balance {
    Rewards::claimable(account(who))
}

/// The fees of all transactions of `who`.
pub(super) fn fees_of(chain: &Chain, who: Person) -> Balance {
    use pallet_transaction_payment::Event;
    let payer = account(who);
    chain.total(|event| match event {
        RuntimeEvent::TransactionPayment(Event::TransactionFeePaid {
            who, actual_fee, ..
        }) if *who == payer => Some(*actual_fee),
        _ => None,
    })
}

/// All that `who` was credited for a source that `counts`.
pub(super) fn credited(
    chain: &Chain,
    who: Person,
    mut counts: impl FnMut(&Source) -> bool,
) -> Balance {
    use pallet_rewards::Event;
    let earner = account(who);
    chain.total(|event| match event {
        RuntimeEvent::Rewards(Event::Credited {
            account,
            amount,
            source,
        }) if *account == earner && counts(source) => Some(*amount),
        _ => None,
    })
}

/// What sponsors pay for the contributions of `who`, what vests included.
pub(super) fn awarded(chain: &Chain, who: Person) -> Balance {
    use pallet_rewards::Event;
    let earner = account(who);
    chain.total(|event| match event {
        RuntimeEvent::Rewards(Event::Awarded {
            account, amount, ..
        }) if *account == earner => Some(*amount),
        _ => None,
    })
}

/// What was burnt, with whom it was burnt from.
pub(super) fn burnt(event: &RuntimeEvent) -> Option<(AccountId, Balance)> {
    use pallet_datanets::Event;
    match event {
        RuntimeEvent::Datanets(
            Event::ContributionLapsed {
                contributor: who,
                burnt,
                ..
            }
            | Event::ContributionValued {
                contributor: who,
                burnt,
                ..
            }
            | Event::ProviderSilent {
                provider: who,
                burnt,
                ..
            },
        )
        | RuntimeEvent::Valuation(pallet_valuation::Event::ProposalLapsed {
            proposer: who,
            bond: burnt,
            ..
        })
        | RuntimeEvent::Valuation(pallet_valuation::Event::ProposalDisproved {
            proposer: who,
            burnt,
            ..
        }) => Some((who.clone(), *burnt)),
        RuntimeEvent::Disputes(pallet_disputes::Event::BondBurnt {
            account, amount, ..
        }) => Some((account.clone(), *amount)),
        RuntimeEvent::Metering(pallet_metering::Event::HostChallenged { host, burnt, .. }) => {
            Some((host.clone(), *burnt))
        }
        // What a sponsor had paid in already.
        RuntimeEvent::Rewards(pallet_rewards::Event::Forfeited { amount, .. }) => {
            Some((Rewards::pot_account(), *amount))
        }
        _ => None,
    }
}

/// The valuation fees that `who` has paid: those of its contributions that were valued.
fn valuation_fees(chain: &Chain, who: Person) -> Balance {
    use pallet_datanets::Event;
    let payer = account(who);
    let valued = chain.all(|event| match event {
        RuntimeEvent::Datanets(Event::ContributionValued {
            datanet,
            contribution,
            contributor,
            ..
        }) if *contributor == payer => Some((*datanet, *contribution)),
        _ => None,
    });
    chain.total(|event| match event {
        RuntimeEvent::Datanets(Event::ContributionCommitted {
            datanet,
            contribution,
            fee,
            ..
        }) if valued.contains(&(*datanet, *contribution)) => Some(*fee),
        _ => None,
    })
}

/// What `who`, who writes no blocks, must own outside the pot by the events of all that happened.
pub(super) fn wealth_by_events(chain: &Chain, who: Person) -> Balance {
    use pallet_balances::Event::Transfer;
    use pallet_metering::Event::HostChallenged;
    use pallet_rewards::Event as Pot;
    use pallet_valuation::Event::ProposalDisproved;
    let (me, pot) = (account(who), Rewards::pot_account());
    let received = chain.total(|event| match event {
        RuntimeEvent::Rewards(Pot::Withdrawn { account, amount }) if *account == me => {
            Some(*amount)
        }
        RuntimeEvent::Datanets(pallet_datanets::Event::RoundConcluded {
            evaluator, fees, ..
        }) if *evaluator == me => Some(*fees),
        RuntimeEvent::Valuation(ProposalDisproved {
            challenger, reward, ..
        }) if *challenger == me => Some(*reward),
        RuntimeEvent::Metering(HostChallenged {
            challenger, reward, ..
        }) if *challenger == me => Some(*reward),
        // What goes into the pot and out of it has events of its own.
        RuntimeEvent::Balances(Transfer { from, to, amount }) if *to == me && *from != pot => {
            Some(*amount)
        }
        _ => None,
    });
    let paid = chain.total(|event| match event {
        RuntimeEvent::Rewards(Pot::Paid { payer, gross, .. }) if *payer == me => Some(*gross),
        RuntimeEvent::Rewards(Pot::Sponsored {
            sponsor, amount, ..
        }) if *sponsor == me => Some(*amount),
        RuntimeEvent::Valuation(ProposalDisproved {
            proposer, reward, ..
        }) if *proposer == me => Some(*reward),
        RuntimeEvent::Metering(HostChallenged { host, reward, .. }) if *host == me => Some(*reward),
        RuntimeEvent::Balances(Transfer { from, to, amount }) if *from == me && *to != pot => {
            Some(*amount)
        }
        _ => None,
    });
    let burnt = chain.total(|event| burnt(event).filter(|(who, _)| *who == me).map(|(_, it)| it));
    let gone = sum([paid, burnt, fees_of(chain, who), valuation_fees(chain, who)]);
    sum([ENDOWMENT, received])
        .checked_sub(gone)
        .expect("nobody pays more than they have")
}

/// Everybody owns what they must; fees are the author's; what there is less than at first was burnt.
pub(super) fn check_everybody(chain: &Chain) {
    for who in Person::iter().filter(|who| *who != Person::Alice) {
        assert_eq!(wealth(who), wealth_by_events(chain, who), "{who}");
    }
    let others = Person::iter().filter(|who| *who != Person::Alice);
    let fees = sum(others.map(|who| fees_of(chain, who)));
    assert_eq!(wealth(Person::Alice), sum([ENDOWMENT, fees]));
    let burnt = chain.total(|event| burnt(event).map(|(_, amount)| amount));
    let accounts = Person::iter().count() as Balance;
    // At genesis the pot has an existential deposit.
    let first = sum([accounts * ENDOWMENT, currency::EXISTENTIAL_DEPOSIT]);
    assert_eq!(sum([Balances::total_issuance(), burnt]), first);
}
