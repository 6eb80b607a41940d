use codec::MaxEncodedLen;
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchClass, DispatchResultWithPostInfo, GetDispatchInfo, Pays},
    traits::{LockableCurrency, WithdrawReasons},
};
use sp_runtime::DispatchError;
use tributary_primitives::{
    datanets::{Phase, MAX_CONTRIBUTIONS},
    ids::ContributionNumber,
    merkle::Tree,
    valuation::{
        find, prove, Benchmark, Challenge, Content, Contents, Data, EntryFault, Finding,
        FoundFault, Params, Record, MAX_CHALLENGE,
    },
};

use super::*;
use crate::{Call, Error, Event, Failures, ProposedValues, WeightInfo};

/// The records of the round before and of this one: what lies where, and its label. Contributions 0 and 1 were admitted, 2 was not.
const RECORDS: [(ContributionNumber, &[(i8, u8)]); 6] = [
    (0, &[(0, 0), (100, 1)]),
    (1, &[(50, 0)]),
    (2, &[(20, 1)]),
    (3, &[(10, 0), (60, 1)]),
    (4, &[(10, 0), (110, 1), (70, 1)]),
    (6, &[(-30, 0)]),
];
const REJECTED: ContributionNumber = 2;
const BENCHMARK: [(i8, u8); 3] = [(5, 0), (65, 1), (-20, 0)];

/// The records of the mock's round, which have two features: the place, and 0.
struct World {
    contributions: Vec<(ContributionNumber, Vec<[i8; 2]>, Vec<u8>)>,
    benchmark: (Vec<[i8; 2]>, Vec<u8>),
}

impl World {
    fn new() -> Self {
        let of = |records: &[(i8, u8)]| {
            let (places, labels): (Vec<_>, Vec<_>) = records.iter().copied().unzip();
            (
                places
                    .into_iter()
                    .map(|place| [place, 0])
                    .collect::<Vec<_>>(),
                labels,
            )
        };
        let contributions = RECORDS
            .iter()
            .filter(|(number, _)| *number != REJECTED)
            .map(|(number, records)| {
                let (vectors, labels) = of(records);
                (*number, vectors, labels)
            })
            .collect();
        Self {
            contributions,
            benchmark: of(&BENCHMARK),
        }
    }

    fn records(&self, new: bool) -> Vec<Record<'_>> {
        let of_kind = self
            .contributions
            .iter()
            .filter(|(number, ..)| (*number >= FIRST) == new);
        of_kind
            .flat_map(|(number, vectors, labels)| {
                (0..)
                    .zip(vectors.iter().zip(labels))
                    .map(|(position, (features, label))| Record {
                        id: record(*number, position),
                        label: *label,
                        features,
                    })
            })
            .collect()
    }

    fn benchmark(&self) -> Vec<Benchmark<'_>> {
        let (vectors, labels) = &self.benchmark;
        let pairs = vectors.iter().zip(labels);
        pairs
            .map(|(features, label)| Benchmark {
                label: *label,
                features,
            })
            .collect()
    }

    fn params() -> Params {
        Params::from(&recipe())
    }

    fn with_data<R>(&self, look: impl FnOnce(&Data) -> R) -> R {
        let (old, new, benchmark) = (self.records(false), self.records(true), self.benchmark());
        look(&Data {
            params: Self::params(),
            old: &old,
            new: &new,
            benchmark: &benchmark,
        })
    }

    /// What an honest evaluator publishes.
    fn right(&self) -> Work {
        let (shadows, rows) = self.with_data(|data| data.publication());
        Work { shadows, rows }
    }

    /// What a challenger finds and proves.
    fn challenge(&self, work: &Work) -> Option<Challenge> {
        let right = self.right();
        let published = (&work.shadows[..], &work.rows[..]);
        let finding =
            self.with_data(|data| find(data, (&right.shadows, &right.rows), published))?;
        Some(self.prove(work, &finding))
    }

    fn prove(&self, work: &Work, finding: &Finding) -> Challenge {
        prove(
            &Self::params(),
            FIRST,
            self,
            &work.shadows,
            &work.rows,
            finding,
        )
        .expect("it can be proven")
    }
}

fn contents(vectors: &[[i8; 2]], labels: &[u8]) -> Vec<Content> {
    let pairs = vectors.iter().zip(labels);
    pairs
        .map(|(features, label)| {
            let features = features.map(|feature| feature as u8);
            Content::new(&features, *label, &features)
        })
        .collect()
}

impl Contents for World {
    fn contribution(&self, number: ContributionNumber) -> Option<Vec<Content>> {
        let (_, vectors, labels) = self
            .contributions
            .iter()
            .find(|(other, ..)| *other == number)?;
        Some(contents(vectors, labels))
    }

    fn slice(&self, index: u32) -> Option<(Vec<Content>, u32)> {
        let (vectors, labels) = &self.benchmark;
        Some((contents(vectors, labels), index))
    }
}

fn tree(records: &[Content]) -> Tree {
    Tree {
        root: root(records.iter().map(Content::leaf)).hash,
        count: records.len() as u32,
    }
}

/// Runs a test on a round whose records are those of the world.
fn with_world(test: impl FnOnce(World)) {
    ExtBuilder.build_and_execute(|| {
        let world = World::new();
        change_round(|round| {
            round.trees = world
                .contributions
                .iter()
                .map(|(number, vectors, labels)| (*number, tree(&contents(vectors, labels))))
                .collect();
            round.slices = vec![tree(&contents(&world.benchmark.0, &world.benchmark.1))];
            for delivered in &mut round.frozen.delivered {
                delivered.records = world
                    .contribution(delivered.number)
                    .expect("delivered")
                    .len() as u16;
            }
        });
        test(world);
    });
}

fn challenge(
    who: AccountId,
    proposer: AccountId,
    challenge: Challenge,
) -> DispatchResultWithPostInfo {
    Valuation::challenge(
        RuntimeOrigin::signed(who),
        DATANET,
        ROUND,
        proposer,
        Box::new(challenge),
    )
}

/// A wrong publication for each kind of challenge.
fn wrong_works(world: &World) -> Vec<Work> {
    let right = world.right();
    let changed = |change: &dyn Fn(&mut Work)| {
        let mut work = right.clone();
        change(&mut work);
        work
    };
    vec![
        changed(&|work| work.rows[0].entries[0].matches ^= true),
        changed(&|work| work.rows[1].entries.as_mut().swap(0, 1)),
        changed(&|work| {
            work.rows[2].entries.remove(0);
        }),
        changed(&|work| work.shadows.push(shadow(record(6, 0), record(3, 0)))),
        changed(&|work| work.shadows.clear()),
    ]
}

#[test]
fn the_world_has_a_shadow_and_rows_with_old_records_and_newcomers() {
    let Work { shadows, rows } = World::new().right();
    assert_eq!(shadows, [shadow(record(4, 0), record(3, 0))]);
    assert_eq!(
        rows[0],
        row(&[(0, 0, true), (3, 0, true), (6, 0, true), (1, 0, true)])
    );
}

#[test]
fn half_of_the_bond_is_the_challengers_and_the_rest_is_burnt() {
    for kind in 0..5 {
        with_world(|world| {
            let work = wrong_works(&world)[kind].clone();
            // An odd bond: the challenger's half is the smaller one.
            change_round(|round| round.recipe.evaluator_bond = BOND + 1);
            let issued = Balances::total_issuance();
            work.commit_and_publish(ALICE);
            let proof = world.challenge(&work).expect("it is wrong");
            let number = match &proof {
                Challenge::Entry { .. } => 0,
                Challenge::Order { .. } => 1,
                Challenge::Missed { .. } => 2,
                Challenge::NotShadow { .. } => 3,
                Challenge::Shadow { .. } => 4,
            };
            assert_eq!(number, kind);
            assert_ok!(challenge(BOB, ALICE, proof));

            assert_eq!(held(ALICE), 0);
            assert_eq!(total(ALICE), FUNDS - BOND - 1);
            assert_eq!(total(BOB), FUNDS + BOND / 2);
            assert_eq!(held(BOB), 0);
            assert_eq!(Balances::total_issuance(), issued - BOND / 2 - 1);
            assert_eq!(proposers(), [0; 0]);
            assert!(!ProposedValues::<Test>::contains_key((
                DATANET, ROUND, ALICE
            )));
            assert_eq!(round().phase, Phase::Revealed);
            System::assert_last_event(
                Event::ProposalDisproved {
                    datanet: DATANET,
                    round: ROUND,
                    proposer: ALICE,
                    challenger: BOB,
                    reward: BOND / 2,
                    burnt: BOND / 2 + 1,
                }
                .into(),
            );
        });
    }
}

#[test]
fn a_right_publication_is_final_however_it_is_challenged() {
    with_world(|world| {
        let right = world.right();
        right.commit_and_publish(ALICE);
        assert_eq!(world.challenge(&right), None);
        for finding in [
            Finding::Entry {
                row: 0,
                entry: 0,
                fault: FoundFault::Wrong,
            },
            Finding::Entry {
                row: 0,
                entry: 1,
                fault: FoundFault::Unknown,
            },
            Finding::Entry {
                row: 0,
                entry: 1,
                fault: FoundFault::Listed(0),
            },
            Finding::Order { row: 0, entry: 0 },
            Finding::Missed {
                row: 0,
                record: record(3, 1),
            },
            Finding::Missed {
                row: 0,
                record: record(0, 1),
            },
            Finding::NotShadow {
                index: 0,
                fault: FoundFault::Wrong,
            },
            Finding::NotShadow {
                index: 0,
                fault: FoundFault::Unknown,
            },
            Finding::NotShadow {
                index: 0,
                fault: FoundFault::Listed(0),
            },
            Finding::Shadow {
                record: record(4, 1),
                witness: record(3, 1),
            },
        ] {
            let proof = world.prove(&right, &finding);
            assert_noop!(
                challenge(BOB, ALICE, proof),
                Error::<Test>::NothingDisproved
            );
        }
        go_to(CLOSES_AT);
        finalise();
        assert_eq!(round().concluded.expect("final").evaluator, ALICE);
    });
}

#[test]
fn what_is_not_proven_disproves_nothing() {
    with_world(|world| {
        let work = &wrong_works(&world)[0];
        work.commit_and_publish(ALICE);
        let Some(Challenge::Entry { row, entry, fault }) = world.challenge(work) else {
            panic!("a match bit is wrong");
        };
        let EntryFault::Wrong { target, record } = fault.clone() else {
            panic!("a match bit is wrong");
        };
        let with = |row: &_, target: &_, record: &_| {
            let fault = EntryFault::Wrong {
                target: Clone::clone(target),
                record: Clone::clone(record),
            };
            challenge(
                BOB,
                ALICE,
                Challenge::Entry {
                    row: Clone::clone(row),
                    entry,
                    fault,
                },
            )
        };
        let mut other_row = row.clone();
        other_row.row.entries.pop();
        assert_noop!(
            with(&other_row, &target, &record),
            Error::<Test>::InvalidProof
        );
        let mut other_target = target.clone();
        other_target.label ^= 1;
        assert_noop!(
            with(&row, &other_target, &record),
            Error::<Test>::InvalidProof
        );
        let mut other_record = record.clone();
        other_record.features[0] ^= 1;
        assert_noop!(
            with(&row, &target, &other_record),
            Error::<Test>::InvalidProof
        );
        let mut longer = record.clone();
        longer.path.try_push(H256::zero()).unwrap();
        assert_noop!(with(&row, &target, &longer), Error::<Test>::InvalidProof);
        let mut shorter = record.clone();
        shorter.path.pop();
        assert_noop!(with(&row, &target, &shorter), Error::<Test>::InvalidProof);
        assert_ok!(with(&row, &target, &record));
    });
}

#[test]
fn what_names_nothing_that_is_there_is_malformed() {
    with_world(|world| {
        let work = &wrong_works(&world)[2];
        work.commit_and_publish(ALICE);
        let Some(Challenge::Missed {
            row,
            target,
            id,
            record,
            unlisted,
            last_old,
            last_new,
        }) = world.challenge(work)
        else {
            panic!("a row misses a record");
        };
        let missed = |id, last_old| Challenge::Missed {
            row: row.clone(),
            target: target.clone(),
            id,
            record: record.clone(),
            unlisted: unlisted.clone(),
            last_old,
            last_new: last_new.clone(),
        };
        let beyond = super::record(id.contribution, 9);
        for malformed in [
            Challenge::Entry {
                row: row.clone(),
                entry: 64,
                fault: EntryFault::Unknown,
            },
            missed(beyond, last_old.clone()),
            missed(super::record(REJECTED, 0), last_old.clone()),
            missed(super::record(u32::MAX, 0), last_old.clone()),
        ] {
            assert_noop!(
                challenge(BOB, ALICE, malformed),
                Error::<Test>::ChallengeMalformed
            );
        }
        assert_ok!(challenge(BOB, ALICE, missed(id, last_old)));
    });
}

#[test]
fn a_row_beyond_the_benchmark_is_no_row() {
    with_world(|world| {
        let work = &wrong_works(&world)[0];
        work.commit_and_publish(ALICE);
        let Some(Challenge::Entry {
            mut row,
            entry,
            fault,
        }) = world.challenge(work)
        else {
            panic!("a match bit is wrong");
        };
        row.index = 3;
        assert_noop!(
            challenge(BOB, ALICE, Challenge::Entry { row, entry, fault }),
            Error::<Test>::InvalidProof
        );
    });
}

#[test]
fn only_what_is_published_can_be_challenged() {
    with_world(|world| {
        let work = &wrong_works(&world)[0];
        let proof = world.challenge(work).expect("it is wrong");
        assert_noop!(
            challenge(BOB, ALICE, proof.clone()),
            Error::<Test>::ProposalNotFound
        );
        work.commit(ALICE);
        assert_noop!(
            challenge(BOB, ALICE, proof.clone()),
            Error::<Test>::ProposalNotComplete
        );
        work.publish(ALICE);
        assert_noop!(
            challenge(BOB, CHARLIE, proof.clone()),
            Error::<Test>::ProposalNotFound
        );
        assert_noop!(
            Valuation::challenge(
                RuntimeOrigin::signed(BOB),
                DATANET,
                ROUND + 1,
                ALICE,
                Box::new(proof.clone())
            ),
            Error::<Test>::RoundNotFound
        );
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Valuation::challenge(origin, DATANET, ROUND, ALICE, Box::new(proof.clone())),
                DispatchError::BadOrigin
            );
        }
        assert_ok!(challenge(BOB, ALICE, proof.clone()));
        assert_noop!(
            challenge(BOB, ALICE, proof),
            Error::<Test>::ProposalNotFound
        );
    });
}

#[test]
fn what_is_final_is_challenged_no_more() {
    with_world(|world| {
        let work = &wrong_works(&world)[0];
        work.commit_and_publish(ALICE);
        let proof = world.challenge(work).expect("it is wrong");
        go_to(CLOSES_AT);
        finalise();
        assert_noop!(challenge(BOB, ALICE, proof), Error::<Test>::WrongPhase);
    });
}

#[test]
fn the_window_may_be_over_while_the_round_is_not_final() {
    with_world(|world| {
        let work = &wrong_works(&world)[0];
        work.commit_and_publish(ALICE);
        go_to(CLOSES_AT + 10);
        assert_ok!(challenge(
            BOB,
            ALICE,
            world.challenge(work).expect("it is wrong")
        ));
        // Nobody's values stand, so there is time for others.
        finalise();
        assert_eq!(round().phase, Phase::Revealed);
        world.right().commit_and_publish(CHARLIE);
        go_to(CLOSES_AT + 10 + WINDOW);
        finalise();
        assert_eq!(round().concluded.expect("final").evaluator, CHARLIE);
    });
}

#[test]
fn the_next_right_one_is_final_in_its_place() {
    with_world(|world| {
        let work = &wrong_works(&world)[1];
        work.commit_and_publish(ALICE);
        world.right().commit_and_publish(BOB);
        let proof = world.challenge(work).expect("it is wrong");
        assert_noop!(
            challenge(CHARLIE, BOB, proof.clone()),
            Error::<Test>::InvalidProof
        );
        assert_ok!(challenge(CHARLIE, ALICE, proof));
        assert_eq!(proposers(), [BOB]);
        assert_eq!(round().phase, Phase::Published);
        go_to(CLOSES_AT);
        finalise();
        assert_eq!(round().concluded.expect("final").evaluator, BOB);
        assert!(!Failures::<Test>::contains_key(DATANET, ROUND));
    });
}

#[test]
fn a_round_is_published_as_long_as_one_complete_proposal_stands() {
    with_world(|world| {
        let wrong = wrong_works(&world);
        wrong[0].commit_and_publish(ALICE);
        wrong[1].commit_and_publish(BOB);
        wrong[2].commit(CHARLIE);
        for (proposer, work, phase) in [
            (ALICE, &wrong[0], Phase::Published),
            (BOB, &wrong[1], Phase::Revealed),
        ] {
            assert_ok!(challenge(
                DAVE,
                proposer,
                world.challenge(work).expect("it is wrong")
            ));
            assert_eq!(round().phase, phase);
            Valuation::do_try_state().unwrap();
        }
        wrong[2].publish(CHARLIE);
        assert_eq!(round().phase, Phase::Published);
    });
}

#[test]
fn every_disproved_proposal_doubles_the_bond_of_the_next_one() {
    with_world(|world| {
        let work = &wrong_works(&world)[0];
        for bond in [BOND, 2 * BOND, 4 * BOND] {
            work.commit_and_publish(ALICE);
            assert_eq!(held(ALICE), bond);
            assert_ok!(challenge(
                BOB,
                ALICE,
                world.challenge(work).expect("it is wrong")
            ));
        }
        assert_eq!(Valuation::bond(DATANET, ROUND), Some(8 * BOND));
    });
}

#[test]
fn who_disproves_their_own_loses_half_of_the_bond() {
    with_world(|world| {
        let work = &wrong_works(&world)[0];
        work.commit_and_publish(ALICE);
        assert_ok!(challenge(
            ALICE,
            ALICE,
            world.challenge(work).expect("it is wrong")
        ));
        assert_eq!((held(ALICE), total(ALICE)), (0, FUNDS - BOND / 2));
    });
}

#[test]
fn locked_money_is_no_shield() {
    with_world(|world| {
        let work = &wrong_works(&world)[0];
        work.commit_and_publish(ALICE);
        Balances::set_lock(*b"  voting", &ALICE, FUNDS, WithdrawReasons::all());
        assert_ok!(challenge(
            BOB,
            ALICE,
            world.challenge(work).expect("it is wrong")
        ));
        assert_eq!(total(BOB), FUNDS + BOND / 2);
    });
}

#[test]
fn it_is_operational_at_full_price_and_charged_by_its_kind() {
    with_world(|world| {
        for work in wrong_works(&world) {
            let proof = world.challenge(&work).expect("it is wrong");
            let most = match &proof {
                Challenge::Entry { .. } => Weights::challenge_entry(MAX_CONTRIBUTIONS),
                Challenge::Order { .. } => Weights::challenge_order(MAX_CONTRIBUTIONS),
                Challenge::Missed { .. } => Weights::challenge_missed(MAX_CONTRIBUTIONS),
                Challenge::NotShadow { .. } => Weights::challenge_not_shadow(MAX_CONTRIBUTIONS),
                Challenge::Shadow { .. } => Weights::challenge_shadow(MAX_CONTRIBUTIONS),
            };
            let info = Call::<Test>::challenge {
                datanet: DATANET,
                round: ROUND,
                proposer: ALICE,
                challenge: Box::new(proof.clone()),
            }
            .get_dispatch_info();
            assert_eq!(info.call_weight, most);
            assert_eq!(
                (info.class, info.pays_fee),
                (DispatchClass::Operational, Pays::Yes)
            );

            work.commit_and_publish(ALICE);
            let charged = challenge(BOB, ALICE, proof).unwrap().actual_weight.unwrap();
            assert_eq!(charged.ref_time(), most.ref_time());
            assert_eq!(charged.proof_size(), 3, "three contributions");
            Failures::<Test>::remove(DATANET, ROUND);
        }
    });
}

#[test]
fn no_challenge_is_longer_than_16_kib() {
    assert!(Challenge::max_encoded_len() <= MAX_CHALLENGE as usize);
}
