//! Records that are texts.

use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchResult;
use tributary_primitives::{
    datanets::{Encoder, Phase, Recipe, MAX_BATCH, MAX_BENCHMARK_BYTES},
    encoder::{text, MAX_TEXT},
    hashing,
    ids::{ContributionNumber, RoundNumber},
    merkle::Range,
};

use crate::{
    mock::{Datanets, *},
    *,
};

const TEXTS: [(&str, u8); 4] = [
    ("Hot damn.", 0),
    ("Scientists believe \u{e4}nything", 1),
    ("it is a great gift \u{1f600}", 0),
    ("a bloated thesis", 1),
];

fn recipe_of_texts() -> Recipe {
    Recipe {
        encoder: Encoder::Text,
        dimension: 16,
        ..recipe()
    }
}

/// A record as it is delivered.
fn record(text: &[u8], label: u8) -> Vec<u8> {
    let length = (text.len() as u16).to_le_bytes();
    [&length[..], text, &[label]].concat()
}

fn texts() -> Vec<u8> {
    let records = TEXTS
        .iter()
        .map(|(text, label)| record(text.as_bytes(), *label));
    records.collect::<Vec<_>>().concat()
}

/// The root of texts, by what the leaf of a text is said to be.
fn root_of_texts(texts: &[(&str, u8)]) -> H256 {
    let mut range = Range::default();
    for (text, label) in texts {
        let features = text::features(text.as_bytes(), 16).expect("it has a vector");
        let leaf = hashing::record_leaf(text.as_bytes(), *label, &features);
        range.append(leaf, 1).expect("a test has few records");
    }
    range.root().hash
}

/// A round of texts in which Alice must deliver so many records of so many bytes with this root.
fn delivering(root: H256, records: u16, bytes: u32) -> (RoundNumber, ContributionNumber) {
    create_with(recipe_of_texts(), 1);
    let round = open();
    let hashes = vec![H256::zero(); 4];
    assert_ok!(Datanets::commit_slices(signed(PROVIDER), 0, round, hashes));
    let commitment = hashing::commitment(&ALICE, 0, round, &SALT, root);
    assert_ok!(Datanets::commit(
        signed(ALICE),
        0,
        round,
        commitment,
        records,
        bytes
    ));
    end_committing(round);
    (round, 0)
}

fn send(round: RoundNumber, batch: u16, records: &[u8], salt: Option<[u8; 32]>) -> DispatchResult {
    Datanets::deliver(signed(ALICE), 0, round, 0, batch, records.to_vec(), salt)
        .map(|_| ())
        .map_err(|error| error.error)
}

#[test]
fn texts_are_delivered_and_their_leaves_have_their_vectors() {
    execute(|| {
        let all = texts();
        let root = root_of_texts(&TEXTS);
        let (round, contribution) = delivering(root, 4, all.len() as u32);
        let first = TEXTS[0].0.len() + 3;
        assert_ok!(send(round, 0, &all[..first], None));
        assert_eq!(Datanets::delivery(0, contribution), Some((1, 1)));
        assert_eq!(
            Deliveries::<Test>::get(0, contribution).unwrap().bytes,
            first as u32
        );
        assert_ok!(send(round, 1, &all[first..], Some(SALT)));
        let found = contribution_of(contribution);
        assert_eq!(found.status, Status::Delivered);
        assert_eq!(found.root, root);
    });
}

#[test]
fn the_deposit_is_by_the_bytes_that_were_committed_to() {
    execute(|| {
        create_with(recipe_of_texts(), 1);
        let round = open();
        assert_ok!(Datanets::commit(
            signed(ALICE),
            0,
            round,
            H256::zero(),
            10,
            400
        ));
        assert_eq!(held(ALICE, HoldReason::Contribution), 400_000);
        assert_eq!(Datanets::costs(0, 10, 400), Some((400_000, 70)));
        assert_eq!(contribution_of(0).bytes, 400);
    });
}

#[test]
fn as_many_bytes_are_committed_to_as_so_many_records_can_have() {
    execute(|| {
        let commit =
            |records, bytes| Datanets::commit(signed(ALICE), 0, 1, H256::zero(), records, bytes);
        create_with(recipe_of_texts(), 1);
        open();
        let most = 2 * (u32::from(MAX_TEXT) + 3);
        for bytes in [0, 7, most + 1, u32::MAX] {
            assert_noop!(commit(2, bytes), Error::<Test>::BytesOutOfBounds);
            assert_eq!(Datanets::costs(0, 2, bytes), None);
        }
        assert_ok!(commit(2, 8));
        assert_ok!(commit(2, most));
    });
}

#[test]
fn vectors_have_the_bytes_that_they_have() {
    execute(|| {
        create(1);
        let round = open();
        for bytes in [29, 31] {
            assert_noop!(
                Datanets::commit(signed(ALICE), 0, round, H256::zero(), 10, bytes),
                Error::<Test>::BytesOutOfBounds
            );
        }
    });
}

#[test]
fn more_bytes_than_committed_to_are_refused() {
    execute(|| {
        let all = texts();
        let bytes = all.len() as u32 - 1;
        let (round, _) = delivering(root_of_texts(&TEXTS), 4, bytes);
        assert_noop!(
            send(round, 0, &all, Some(SALT)),
            Error::<Test>::TooManyBytes
        );
        let first = TEXTS[0].0.len() + 3;
        assert_ok!(send(round, 0, &all[..first], None));
        assert_noop!(
            send(round, 1, &all[first..], Some(SALT)),
            Error::<Test>::TooManyBytes
        );
    });
}

#[test]
fn fewer_bytes_than_committed_to_are_refused() {
    execute(|| {
        let all = texts();
        let (round, contribution) = delivering(root_of_texts(&TEXTS), 4, all.len() as u32 + 1);
        assert_noop!(send(round, 0, &all, Some(SALT)), Error::<Test>::TooFewBytes);
        assert_eq!(contribution_of(contribution).status, Status::Committed);
    });
}

#[test]
fn batch_0_counts_bytes_anew() {
    execute(|| {
        let all = texts();
        let (round, _) = delivering(root_of_texts(&TEXTS), 4, all.len() as u32);
        let first = TEXTS[0].0.len() + 3;
        assert_ok!(send(round, 0, &all[..first], None));
        assert_ok!(send(round, 0, &all, Some(SALT)));
    });
}

#[test]
fn batches_are_made_of_whole_texts() {
    execute(|| {
        let all = texts();
        let (round, _) = delivering(root_of_texts(&TEXTS), 4, all.len() as u32);
        let first = TEXTS[0].0.len() + 3;
        for end in [1, 2, first - 1, first + 1, all.len() - 1] {
            assert_noop!(
                send(round, 0, &all[..end], None),
                Error::<Test>::BatchNotWhole
            );
        }
        let longer = [&all[..], &[0]].concat();
        assert_noop!(
            send(round, 0, &longer, Some(SALT)),
            Error::<Test>::BatchNotWhole
        );
    });
}

#[test]
fn what_has_no_vector_is_refused() {
    execute(|| {
        let (round, _) = delivering(H256::zero(), 4, 4 * (u32::from(MAX_TEXT) + 3));
        let too_long = vec![b'a'; usize::from(MAX_TEXT) + 1];
        let cases: [(&[u8], Error<Test>); 4] = [
            (&too_long, Error::TextTooLong),
            (b"caf\xe9", Error::TextNotUtf8),
            (b"", Error::NothingToEncode),
            (b" \n\t ", Error::NothingToEncode),
        ];
        for (text, error) in cases {
            // Among others, too.
            let batch = [record(b"a text", 0), record(text, 1)].concat();
            assert_noop!(send(round, 0, &batch, None), error);
        }
        assert_ok!(send(round, 0, &record(&too_long[1..], 0), None));
    });
}

#[test]
fn a_label_of_a_text_is_one_of_the_classes() {
    execute(|| {
        let (round, _) = delivering(H256::zero(), 4, 400);
        assert_noop!(
            send(round, 0, &record(b"a text", 2), None),
            Error::<Test>::LabelOutOfRange
        );
    });
}

/// A round of texts that waits for a slice of eight of these, one seat.
fn revealing(slice: &[(&str, u8)]) -> RoundNumber {
    create_with(recipe_of_texts(), 1);
    let round = open();
    let root = root_of_texts(slice);
    let hashes =
        (0..4).map(|number| hashing::slice_commitment(&PROVIDER, 0, round, number, &SALT, root));
    assert_ok!(Datanets::commit_slices(
        signed(PROVIDER),
        0,
        round,
        hashes.collect()
    ));
    let root = root_of_texts(&TEXTS);
    let commitment = hashing::commitment(&ALICE, 0, round, &SALT, root);
    let all = texts();
    assert_ok!(Datanets::commit(
        signed(ALICE),
        0,
        round,
        commitment,
        4,
        all.len() as u32
    ));
    end_committing(round);
    assert_ok!(send(round, 0, &all, Some(SALT)));
    end_delivering(round);
    pick(round);
    round
}

fn reveal_texts(round: RoundNumber, slice: &[(&str, u8)]) -> DispatchResult {
    let records = slice
        .iter()
        .map(|(text, label)| record(text.as_bytes(), *label));
    let records = records.collect::<Vec<_>>().concat();
    Datanets::reveal(signed(PROVIDER), 0, round, 0, 0, records, Some(SALT))
        .map(|_| ())
        .map_err(|error| error.error)
}

#[test]
fn slices_of_texts_are_revealed() {
    execute(|| {
        let slice = [TEXTS, TEXTS].concat();
        let round = revealing(&slice);
        let mut other = slice.clone();
        other[7].0 = "another text";
        assert_noop!(
            reveal_texts(round, &other),
            Error::<Test>::CommitmentMismatch
        );
        assert_ok!(reveal_texts(round, &slice));
        assert_eq!(round_of(round).phase, Phase::Revealed);
        assert_eq!(round_of(round).seats[0].root, Some(root_of_texts(&slice)));
    });
}

#[test]
fn a_slice_has_at_most_its_part_of_the_longest_benchmark_of_vectors() {
    execute(|| {
        let size = 1_296;
        let recipe = Recipe {
            benchmark: size,
            ..recipe_of_texts()
        };
        create_with(recipe, 1);
        let round = open();
        let hashes = vec![H256::zero(); 4];
        assert_ok!(Datanets::commit_slices(signed(PROVIDER), 0, round, hashes));
        commit_any(round);
        end_committing(round);
        assert_ok!(send(round, 0, &texts(), Some(SALT)));
        end_delivering(round);
        pick(round);
        let longest = record(&[b'a'; MAX_TEXT as usize], 0);
        let batch = 15;
        let batches = MAX_BENCHMARK_BYTES / (batch * longest.len() as u32);
        // Whatever the labels: those of this slice are all one class, of which it has 648.
        let reveal = |number, label: u8| {
            let mut one = longest.clone();
            *one.last_mut().unwrap() = label;
            let records = one.repeat(batch as usize);
            assert!(records.len() <= MAX_BATCH as usize);
            Datanets::reveal(signed(PROVIDER), 0, round, 0, number, records, None)
                .map(|_| ())
                .map_err(|error| error.error)
        };
        for number in 0..batches as u16 {
            assert_ok!(reveal(number, u8::from(number >= 43)));
        }
        assert_noop!(reveal(batches as u16, 1), Error::<Test>::TooManyBytes);
    });
}

/// Commits Alice to the texts.
fn commit_any(round: RoundNumber) {
    let commitment = hashing::commitment(&ALICE, 0, round, &SALT, root_of_texts(&TEXTS));
    let bytes = texts().len() as u32;
    assert_ok!(Datanets::commit(
        signed(ALICE),
        0,
        round,
        commitment,
        4,
        bytes
    ));
}

#[test]
fn a_batch_of_texts_is_charged_by_its_records_and_bytes() {
    const MILLION: u64 = 1_000_000;
    execute(|| {
        let all = texts();
        let (round, contribution) = delivering(root_of_texts(&TEXTS), 4, all.len() as u32);
        let call = Call::deliver {
            datanet: 0,
            round,
            contribution,
            batch: 0,
            records: all.clone(),
            salt: Some(SALT),
        };
        let (before, after) = weigh(ALICE, call);
        assert_eq!(
            before,
            25 * MILLION + all.len() as u64 / 4 + 26 * MILLION + 1
        );
        assert_eq!(after, 25 * MILLION + 4 + 26 * MILLION + 1);
    });
    execute(|| {
        let slice = [TEXTS, TEXTS].concat();
        let round = revealing(&slice);
        let records: Vec<_> = slice
            .iter()
            .map(|(text, label)| record(text.as_bytes(), *label))
            .collect();
        let records = records.concat();
        let bytes = records.len() as u64;
        let call = Call::reveal {
            datanet: 0,
            round,
            seat: 0,
            batch: 0,
            records,
            salt: Some(SALT),
        };
        let (before, after) = weigh(PROVIDER, call);
        assert_eq!(before, 27 * MILLION + bytes / 4 + 28 * MILLION + 1);
        assert_eq!(after, 27 * MILLION + 8 + 28 * MILLION + 1);
    });
}
