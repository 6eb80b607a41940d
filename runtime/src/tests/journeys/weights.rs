//! What calls weigh: each something, and none more than a block has room for.

use super::{assets::terms, rounds::recipe, *};
use crate::configs::system::RuntimeBlockWeights;
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo, Pays},
    traits::{GetCallName, Hooks},
};
use pallet_models::Kind;
use pallet_rewards::{Claim, Proof, TakingRates, MAX_CLAIMS};
use pallet_valuation::{MAX_ROWS, MAX_SHADOWS};
use sp_core::H256;
use sp_runtime::FixedI128;
use tributary_primitives::{
    assets::{Asset, Authors, Pool, Share, MAX_TEAM},
    datanets::{
        Statement, Value, Values, MAX_BATCH, MAX_CONTRIBUTIONS, MAX_DIMENSION, MAX_REFERENCE,
        MAX_SLICES,
    },
    ids::RecordId,
    licences::{Generation, Origin},
    merkle::{CountedPath, MAX_COUNTED_DEPTH},
    metering::{Contradiction, Receipt, Usage, Voucher, MAX_USAGE},
    roles::Contention,
    valuation::{
        Challenge, EntryFault, Features, ProvenRecord, ProvenRow, ProvenShadow, Row, RowEntry,
        Shadow, ShadowFault, Unlisted,
    },
};

fn anybody() -> AccountId {
    account(ANYBODY)
}

/// As many members as a team has at the most.
fn members() -> Vec<Share<AccountId>> {
    let part = Perbill::from_rational(1, MAX_TEAM);
    let member = |account| Share { account, part };
    (0..MAX_TEAM as usize)
        .map(Person::numeric_id)
        .map(member)
        .collect()
}

/// All calls of licensing.
fn of_licensing() -> Vec<pallet_licensing::Call<Runtime>> {
    use pallet_licensing::Call;
    let asset = Asset::Model(0);
    vec![
        Call::publish { terms: terms(20) },
        Call::retract {
            terms: H256::zero(),
        },
        Call::make_offer {
            asset,
            price: 1,
            host_share: Perbill::zero(),
        },
        Call::acquire {
            asset,
            generation: Generation::First,
        },
        Call::approve {
            asset,
            applicant: anybody().into(),
        },
        Call::decline {
            asset,
            applicant: anybody().into(),
        },
        Call::relinquish { asset },
        Call::refold { model: 0 },
    ]
}

/// All calls of datanets, as long as they can be.
fn of_datanets() -> Vec<pallet_datanets::Call<Runtime>> {
    use pallet_datanets::{Call, MAX_METADATA};
    let (datanet, round) = (0, 1);
    let records = vec![0; MAX_BATCH as usize];
    vec![
        Call::create {
            recipe: recipe(),
            terms: H256::zero(),
            metadata: vec![0; MAX_METADATA as usize],
        },
        Call::appoint_providers {
            datanet,
            providers: vec![anybody(); 4],
        },
        Call::offer_transfer {
            datanet,
            new_steward: anybody().into(),
        },
        Call::withdraw_offer { datanet },
        Call::accept_transfer { datanet },
        Call::retire { datanet },
        Call::pledge {
            datanet,
            round,
            providers: vec![anybody(); 4],
            price: 1,
            budget: 1,
        },
        Call::withdraw_pledge { datanet },
        Call::open_round {
            datanet,
            sponsor: None,
        },
        Call::commit {
            datanet,
            round,
            commitment: H256::zero(),
            records: 1,
            bytes: 1,
        },
        Call::commit_slices {
            datanet,
            round,
            hashes: vec![H256::zero(); MAX_SLICES as usize],
        },
        Call::advance { datanet, round },
        Call::deliver {
            datanet,
            round,
            contribution: 0,
            batch: 0,
            records: records.clone(),
            salt: None,
        },
        Call::reveal {
            datanet,
            round,
            seat: 0,
            batch: 0,
            records,
            salt: None,
        },
        Call::reclaim {
            datanet,
            contribution: 0,
        },
        Call::name_authors {
            datanet,
            contribution: 0,
            authors: Authors::truncate_from(members()),
        },
        Call::hand_over {
            datanet,
            contribution: 0,
            to: anybody().into(),
        },
        Call::withdraw_consent {
            datanet,
            contribution: 0,
        },
        Call::deliver_reference {
            datanet,
            round,
            contribution: 0,
            root: H256::zero(),
            reference: vec![0; MAX_REFERENCE as usize],
            salt: [0; 32],
        },
    ]
}

/// All calls of valuation, as long as they can be.
fn of_valuation() -> Vec<pallet_valuation::Call<Runtime>> {
    use pallet_valuation::Call;
    let (datanet, round) = (0, 1);
    let record = RecordId {
        contribution: 0,
        position: 0,
    };
    let shadow = Shadow {
        shadow: record,
        witness: record,
    };
    let entry = RowEntry {
        record,
        matches: true,
    };
    // Two entries each: as many as there can be with as many rows as there can be.
    let row = Row {
        entries: vec![entry; 2].try_into().expect("two are few"),
    };
    let challenge = |challenge| Call::challenge {
        datanet,
        round,
        proposer: anybody(),
        challenge: Box::new(challenge),
    };
    let mut calls = vec![
        Call::commit_proposal {
            datanet,
            round,
            commitment: H256::zero(),
        },
        Call::publish_shadows {
            datanet,
            round,
            chunk: vec![shadow; MAX_SHADOWS as usize].try_into().expect("fits"),
        },
        Call::publish_rows {
            datanet,
            round,
            inputs: H256::zero(),
            rows: vec![row; MAX_ROWS as usize].try_into().expect("fits"),
        },
        Call::lapse {
            datanet,
            round,
            proposer: anybody(),
        },
        Call::finalise { datanet, round },
        Call::publish_quality {
            datanet,
            round,
            batch: 0,
            scores: vec![0; MAX_BATCH as usize].try_into().expect("fits"),
        },
    ];
    calls.extend(challenges().map(challenge));
    calls
}

/// All calls of attestation, as long as they can be.
fn of_attestation() -> Vec<pallet_attestation::Call<Runtime>> {
    use pallet_attestation::Call;
    let (datanet, round) = (0, 1);
    let value = Value {
        number: 0,
        value: 0,
    };
    let statement = Statement {
        benchmark: H256::zero(),
        before: 0,
        after: 0,
        values: Values::truncate_from(vec![value; MAX_CONTRIBUTIONS as usize]),
    };
    vec![
        Call::attest {
            datanet,
            round,
            statement,
        },
        Call::abandon { datanet, round },
    ]
}

/// Challenges of every kind, as long as they can be.
pub(super) fn challenges() -> [Challenge; 5] {
    let path: CountedPath = vec![H256::zero(); MAX_COUNTED_DEPTH as usize]
        .try_into()
        .expect("fits");
    let id = RecordId {
        contribution: 0,
        position: 0,
    };
    let record = ProvenRecord {
        raw: H256::zero(),
        label: 0,
        features: Features::try_from(vec![0; MAX_DIMENSION.into()]).expect("fits"),
        path: path.clone(),
    };
    let entry = RowEntry {
        record: id,
        matches: true,
    };
    let row = ProvenRow {
        index: 0,
        row: Row {
            entries: vec![entry; 64].try_into().expect("fits"),
        },
        path: path.clone(),
    };
    let shadow = ProvenShadow {
        index: 0,
        pair: Shadow {
            shadow: id,
            witness: id,
        },
        path,
    };
    let unlisted = Unlisted {
        before: Some(shadow.clone()),
        after: Some(shadow.clone()),
    };
    [
        Challenge::Entry {
            row: row.clone(),
            entry: 0,
            fault: EntryFault::Wrong {
                target: record.clone(),
                record: record.clone(),
            },
        },
        Challenge::Order {
            row: row.clone(),
            entry: 0,
            target: record.clone(),
            first: record.clone(),
            second: record.clone(),
        },
        Challenge::Missed {
            row,
            target: record.clone(),
            id,
            record: record.clone(),
            unlisted: Some(unlisted.clone()),
            last_old: Some(record.clone()),
            last_new: Some(record.clone()),
        },
        Challenge::NotShadow {
            listed: shadow,
            fault: ShadowFault::Differs {
                record: record.clone(),
                witness: record.clone(),
            },
        },
        Challenge::Shadow {
            id,
            record: record.clone(),
            unlisted: unlisted.clone(),
            witness_id: id,
            witness: record,
            witness_unlisted: Some(unlisted),
        },
    ]
}

/// All calls of models, as long as they can be.
fn of_models() -> Vec<pallet_models::Call<Runtime>> {
    use pallet_models::{Call, MAX_METADATA, MAX_NAME, MAX_PARENTS, MAX_ROUNDS};
    let model = 0;
    let parents = (0..MAX_PARENTS).map(Origin::FineTunedFrom);
    let pool = |datanet| Pool { datanet, round: 1 };
    let rounds = (0..MAX_ROUNDS).map(pool).map(Origin::TrainedOn);
    vec![
        Call::register {
            kind: Kind::FineTune,
            origins: parents.chain(rounds).collect(),
            weights_hash: H256::zero(),
            recipe_hash: H256::zero(),
            terms: H256::zero(),
            royalties_at_most: Perbill::one(),
            team: members(),
            metadata: vec![0; MAX_METADATA as usize],
        },
        Call::offer_transfer {
            model,
            new_owner: anybody().into(),
        },
        Call::withdraw_offer { model },
        Call::accept_transfer { model },
        Call::announce_team {
            model,
            team: members(),
        },
        Call::change_team { model },
        Call::retire { model },
        Call::cosign {
            model,
            edge: Origin::FineTunedFrom(0),
        },
        Call::evaluate {
            model,
            benchmark: vec![0; MAX_NAME as usize],
            metric: vec![0; MAX_NAME as usize],
            score: FixedI128::from(1),
            evidence: H256::zero(),
        },
        Call::add_parent {
            model,
            source: Origin::FineTunedFrom(0),
            royalties_at_most: Perbill::one(),
        },
    ]
}

/// All calls of rewards, as long as they can be; claims with proofs and without.
fn of_rewards() -> Vec<pallet_rewards::Call<Runtime>> {
    use pallet_rewards::Call;
    let pool = Pool {
        datanet: 0,
        round: 1,
    };
    let proof = Proof {
        account: anybody(),
        weight: 1,
        index: 0,
        path: vec![Default::default(); 32].try_into().expect("fits"),
    };
    let claims = |proof: Option<Proof<AccountId>>| {
        let claim = Claim {
            pool,
            contribution: 0,
            proof,
        };
        Call::claim {
            claims: vec![claim; MAX_CLAIMS as usize].try_into().expect("fits"),
        }
    };
    vec![
        Call::pay {
            asset: Asset::Model(0),
            round: None,
            gross: 1,
        },
        Call::settle { model: 0 },
        Call::settle_crew { pool },
        claims(Some(proof)),
        claims(None),
        Call::vest {
            awards: vec![(pool, 0); MAX_CLAIMS as usize]
                .try_into()
                .expect("fits"),
        },
        Call::withdraw {},
        Call::sweep {},
        Call::set_rates {
            rates: TakingRates {
                protocol_fee: Perbill::zero(),
                host_max: Perbill::zero(),
            },
        },
    ]
}

/// All calls of disputes, as long as they can be.
fn of_disputes() -> Vec<pallet_disputes::Call<Runtime>> {
    use pallet_disputes::{Call, MAX_ARBITERS};
    let case = 0;
    vec![
        Call::appoint {
            arbiters: vec![anybody(); MAX_ARBITERS as usize]
                .try_into()
                .expect("fits"),
        },
        Call::open {
            model: 0,
            contention: Contention::MissingParent(Origin::FineTunedFrom(0)),
            evidence: H256::zero(),
        },
        Call::vote { case, upheld: true },
        Call::appeal { case },
        Call::decide { case, upheld: true },
        Call::close { case },
    ]
}

/// All calls of metering, as long as they can be.
fn of_metering() -> Vec<pallet_metering::Call<Runtime>> {
    use pallet_metering::{Call, Settlement, MAX_ENDPOINT, MAX_SETTLEMENTS};
    let (channel, model, hash) = (0, 0, H256::zero());
    let signature = || sp_runtime::MultiSignature::from(Person::Alice.sign(hash.as_bytes()));
    let settlement = Settlement {
        voucher: Voucher {
            channel,
            count: 1,
            units: 1,
            amount: 1,
            root: hash,
            order: hash,
        },
        signature: signature(),
        consent: Some(signature()),
    };
    let usage = Usage {
        pool: Pool {
            datanet: 0,
            round: 1,
        },
        contribution: 0,
        uses: 1,
    };
    let sibling = tributary_primitives::merkle::Node { hash, sum: 1 };
    vec![
        Call::register {
            key: anybody(),
            bond: 1,
        },
        Call::leave {},
        Call::make_offer {
            model,
            price: 1,
            share: Perbill::zero(),
            endpoint: vec![b'e'; MAX_ENDPOINT as usize].try_into().expect("fits"),
        },
        Call::withdraw_offer { model },
        Call::open {
            host: anybody().into(),
            model,
            key: anybody(),
            units: 1,
            price: 1,
            expires: 1,
        },
        Call::settle {
            settlements: vec![settlement; MAX_SETTLEMENTS as usize]
                .try_into()
                .expect("fits"),
            usage: vec![(model, usage); MAX_USAGE as usize]
                .try_into()
                .expect("fits"),
        },
        Call::close { channel },
        Call::challenge {
            receipt: Receipt {
                channel,
                number: 0,
                units: 1,
                amount: 1,
                request: hash,
                response: hash,
            },
            signature: signature(),
            contradiction: Box::new(Contradiction::Leaf {
                leaf: hash,
                amount: 1,
                path: vec![sibling; 32].try_into().expect("fits"),
            }),
        },
        Call::forget { channel },
    ]
}

/// The calls of a pallet by name, none of which is missing.
fn named<Call: GetCallName + Into<RuntimeCall>>(calls: Vec<Call>) -> Vec<(String, RuntimeCall)> {
    for name in Call::get_call_names() {
        let there = calls.iter().any(|call| call.get_call_name() == *name);
        assert!(there, "{name} is weighed by nobody");
    }
    calls
        .into_iter()
        .map(|call| (call.get_call_name().into(), call.into()))
        .collect()
}

/// All calls of Tributary's pallets.
fn all_calls() -> Vec<(String, RuntimeCall)> {
    [
        named(of_licensing()),
        named(of_datanets()),
        named(of_valuation()),
        named(of_attestation()),
        named(of_models()),
        named(of_disputes()),
        named(of_metering()),
        named(of_rewards()),
    ]
    .concat()
}

#[test]
fn every_call_of_tributary_weighs_something() {
    let free: Vec<_> = all_calls()
        .into_iter()
        .filter(|(_, call)| call.get_dispatch_info().call_weight.ref_time() == 0)
        .map(|(name, _)| name)
        .collect();
    assert!(free.is_empty(), "these weigh nothing: {free:?}");
}

#[test]
fn a_challenge_at_its_longest_is_a_small_part_of_a_block_and_operational() {
    let most = RuntimeBlockWeights::get().max_block;
    let challenges = of_valuation()
        .into_iter()
        .filter(|call| matches!(call, pallet_valuation::Call::challenge { .. }))
        .map(RuntimeCall::Valuation);
    let mut kinds = 0;
    for call in challenges {
        kinds += 1;
        let info = call.get_dispatch_info();
        assert_eq!(
            (info.class, info.pays_fee),
            (DispatchClass::Operational, Pays::Yes)
        );
        let weight = info.total_weight();
        assert!(weight.all_lte(most / 4), "{weight:?} of {most:?}");
        assert!(call.encoded_size() <= 16 * 1_024, "{}", call.encoded_size());
    }
    assert_eq!(kinds, 5);
}

#[test]
fn every_other_call_of_tributary_fits_into_a_blocks_normal_class_at_its_longest() {
    let weights = RuntimeBlockWeights::get();
    for (name, call) in all_calls() {
        if matches!(
            call,
            RuntimeCall::Valuation(pallet_valuation::Call::challenge { .. })
        ) {
            continue;
        }
        let info = call.get_dispatch_info();
        assert_eq!(info.class, DispatchClass::Normal, "{name}");
        let limit = weights.get(info.class).max_extrinsic.expect("bounded");
        let weight = info.total_weight();
        assert!(weight.all_lte(limit), "{name}: {weight:?} of {limit:?}");
        let length = *configs::system::RuntimeBlockLength::get()
            .max
            .get(DispatchClass::Normal);
        // A signature and the extensions beside it take less than a kilobyte.
        assert!(call.encoded_size() + 1_024 <= length as usize, "{name}");
    }
}

#[test]
fn the_hook_that_notes_epochs_weighs_something() {
    journey(|_| {
        let weight = <Datanets as Hooks<BlockNumber>>::on_initialize(System::block_number());
        assert!(weight.ref_time() > 0, "the hook weighs nothing");
    });
}
