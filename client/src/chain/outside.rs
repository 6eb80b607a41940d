//! Events of money that does not go through the pot: fees, bonds, rewards.

// Derives within a macro bring imports that not every type needs.
#![allow(unused_imports)]

use subxt::{ext::scale_decode::DecodeAsType, utils::AccountId32};

use super::calls::{event_types, Event};

event_types! {
    /// A round is final: its evaluator has the valuation fees.
    Datanets.RoundConcluded: ValuationFees {
        evaluator: AccountId32,
        fees: u128,
    }

    /// A contribution was not delivered: its deposit is burnt.
    Datanets.ContributionLapsed: ContributionLapsed {
        burnt: u128,
    }

    /// A provider did not reveal a slice: its bond is burnt.
    Datanets.ProviderSilent: ProviderSilent {
        burnt: u128,
    }

    /// An evaluator did not publish: its bond is burnt.
    Valuation.ProposalLapsed: ProposalLapsed {
        bond: u128,
    }

    /// An evaluator was disproved: its bond is the challenger's and burnt.
    Valuation.ProposalDisproved: BondLost {
        challenger: AccountId32,
        reward: u128,
        burnt: u128,
    }

    /// A host contradicted itself: its bond is the challenger's and burnt.
    Metering.HostChallenged: HostBondLost {
        challenger: AccountId32,
        reward: u128,
        burnt: u128,
    }

    /// Who was wrong in a dispute: the bond is burnt.
    Disputes.BondBurnt: DisputeLost {
        amount: u128,
    }

    /// A transaction was paid for.
    TransactionPayment.TransactionFeePaid: TransactionFeePaid {
        who: AccountId32,
        actual_fee: u128,
    }

    /// Money came to an account from nobody: a block's author has fees so.
    Balances.Deposit: Deposited {
        who: AccountId32,
        amount: u128,
    }
}
