//! The roles that this pallet gives.

use tributary_primitives::{
    datanets::{Evidence, FinalRound},
    ids::{DatanetId, RoundNumber},
    roles::Rounds,
};

use crate::{Config, Outcomes, Pallet};

impl<T: Config> Rounds for Pallet<T> {
    fn usable(datanet: DatanetId, round: RoundNumber) -> Option<FinalRound> {
        Outcomes::<T>::get(datanet, round).map(|outcome| FinalRound {
            datanet,
            round,
            before: outcome.publication.before,
            after: outcome.publication.after,
            evidence: Evidence::Open,
        })
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_final(datanet: DatanetId, round: RoundNumber) {
        use codec::Decode;
        use sp_runtime::traits::TrailingZeroInput;
        use tributary_primitives::merkle::Node;

        use crate::{Outcome, Publication};

        let evaluator = T::AccountId::decode(&mut TrailingZeroInput::zeroes())
            .expect("any number of zeroes is an account; qed");
        Outcomes::<T>::insert(
            datanet,
            round,
            Outcome {
                evaluator,
                publication: Publication {
                    rows: Node::default(),
                    shadows: Node::default(),
                    before: 0,
                    after: 0,
                    seats: Default::default(),
                },
            },
        );
    }
}
