use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{assets::Crew, merkle::Node, roles::DataPools};

fn open(round: u32, weight: u128, crew: Crew<AccountId>) -> sp_runtime::DispatchResult {
    let root = H256::repeat_byte(7);
    Rewards::open_pool(pool(0, round), root, weight, 0, 3, crew, VESTING)
}

#[test]
fn a_pool_begins_empty_and_is_the_datanets_last() {
    ExtBuilder.build_and_execute(|| {
        let members = crew(&[(20, 10), (21, 5)]);
        assert_ok!(open(2, 100, members.clone()));
        assert_eq!(LastPool::<Test>::get(0), Some(2));
        assert_eq!(
            PoolAccounts::<Test>::get(pool(0, 2)),
            Some(PoolAccount::default())
        );
        let root = Node {
            hash: H256::repeat_byte(7),
            sum: 100,
        };
        assert_eq!(
            events(),
            [Event::PoolOpened {
                pool: pool(0, 2),
                root,
                withdrawn: 0,
                count: 3,
                vesting: VESTING,
                crew: members
            }]
        );
    });
}

#[test]
fn a_pool_without_weight_has_no_account() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(open(1, 0, crew(&[])));
        assert!(Pools::<Test>::contains_key(pool(0, 1)));
        assert!(!PoolAccounts::<Test>::contains_key(pool(0, 1)));
    });
}

#[test]
fn rounds_open_once_and_in_order() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(open(2, 100, crew(&[])));
        for round in [1, 2] {
            assert_noop!(open(round, 100, crew(&[])), Error::<Test>::PoolOutOfOrder);
        }
        assert_ok!(open(3, 100, crew(&[])));
        assert_ok!(Rewards::open_pool(
            pool(1, 1),
            H256::zero(),
            1,
            0,
            1,
            crew(&[]),
            AT_ONCE
        ));
        let ordinal = |datanet, round| Pools::<Test>::get(pool(datanet, round)).unwrap().ordinal;
        assert_eq!([ordinal(0, 2), ordinal(0, 3), ordinal(1, 1)], [1, 2, 1]);
    });
}

#[test]
fn a_crew_has_fifteen_per_cent_at_the_most() {
    ExtBuilder.build_and_execute(|| {
        let mut members = crew(&[(20, 10), (21, 5)]);
        members[0].part = Perbill::from_parts(100_000_001);
        assert_noop!(open(1, 100, members), Error::<Test>::CrewPartsTooHigh);
        assert_ok!(open(1, 100, crew(&[(20, 10), (21, 5)])));
    });
}
