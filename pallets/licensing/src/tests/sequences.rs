//! Whatever happens in whatever order.

use frame_support::storage::with_storage_layer;
use proptest::{collection::vec, option, prelude::*};
use sp_runtime::{DispatchResult, Perbill};
use tributary_primitives::{
    assets::Asset,
    licences::{Gate, Generation, LicenceTerms, Origin, Uses},
    roles::{Contention, Terms},
};

use crate::{mock::*, Error};

#[derive(Clone, Debug)]
enum Step {
    Retract(AccountId, u8),
    AttachModel(AccountId, u8, Vec<u8>),
    AttachDatanet(AccountId, u8),
    Offer(AccountId, u8),
    Acquire(AccountId, u8, Generation),
    Approve(u8, AccountId),
    Decline(u8, AccountId),
    Relinquish(AccountId, u8),
    Transfer(u8, AccountId),
    Retire(u8),
    AddSource(u8, u8),
    Contest(u8, u8, bool),
    Conclude(u8, u8, bool, bool),
    Refold(u8),
    Blocks(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || ALICE..=CAROL;
    let any_terms = || 0..12u8;
    let any_asset = || 0..8u8;
    let generation = prop_oneof![Just(Generation::First), Just(Generation::Later)];
    prop_oneof![
        1 => (who(), any_terms()).prop_map(|(who, terms)| Step::Retract(who, terms)),
        8 => (who(), any_terms(), vec(any_asset(), 0..4))
            .prop_map(|(who, terms, origins)| Step::AttachModel(who, terms, origins)),
        2 => (who(), any_terms()).prop_map(|(who, terms)| Step::AttachDatanet(who, terms)),
        1 => (who(), any_asset()).prop_map(|(who, asset)| Step::Offer(who, asset)),
        8 => (who(), any_asset(), generation)
            .prop_map(|(who, asset, generation)| Step::Acquire(who, asset, generation)),
        4 => (any_asset(), who()).prop_map(|(asset, applicant)| Step::Approve(asset, applicant)),
        1 => (any_asset(), who()).prop_map(|(asset, applicant)| Step::Decline(asset, applicant)),
        1 => (who(), any_asset()).prop_map(|(who, asset)| Step::Relinquish(who, asset)),
        1 => (any_asset(), who()).prop_map(|(asset, who)| Step::Transfer(asset, who)),
        1 => any_asset().prop_map(Step::Retire),
        4 => (any_asset(), any_asset()).prop_map(|(asset, origin)| Step::AddSource(asset, origin)),
        2 => (any_asset(), any_asset(), any::<bool>())
            .prop_map(|(asset, origin, missing)| Step::Contest(asset, origin, missing)),
        6 => (any_asset(), any_asset(), any::<bool>(), any::<bool>())
            .prop_map(|(asset, origin, missing, upheld)| {
                Step::Conclude(asset, origin, missing, upheld)
            }),
        3 => any_asset().prop_map(Step::Refold),
        1 => (1..4u8).prop_map(Step::Blocks),
    ]
}

prop_compose! {
    fn some_terms()(
        narrow in prop::bool::weighted(0.2),
        commercial in prop::bool::weighted(0.9),
        approval in option::of(gate()),
        fee in option::of((1..1_000u128, gate())),
        royalty in option::of(1..20u32),
        expires in option::weighted(0.2, 5..20u32),
        number in any::<u8>(),
    ) -> LicenceTerms {
        let mut terms = free().with_text(text(number));
        if narrow {
            terms.onward = Uses::from(0b0111_1111);
        }
        terms.commercial = commercial;
        terms.approval = approval;
        terms.expires = expires;
        if let Some((amount, gate)) = fee {
            terms = terms.with_fee(amount, gate);
        }
        if let Some(percent) = royalty {
            terms = terms.with_royalty(Perbill::from_percent(percent), None);
        }
        terms
    }
}

fn gate() -> impl Strategy<Value = Gate> {
    prop_oneof![Just(Gate::First), Just(Gate::Every)]
}

/// The assets attached so far.
#[derive(Default)]
struct Assets(Vec<Asset>);

impl Assets {
    fn pick(&self, number: u8) -> Asset {
        let place = usize::from(number) % self.0.len().max(1);
        self.0.get(place).copied().unwrap_or(Asset::Model(77))
    }

    fn owner(&self, number: u8) -> Result<AccountId, Error<Test>> {
        Licensing::attachment(self.pick(number)).map(|attachment| attachment.owner)
    }

    /// A model, or one that is not there.
    fn model(&self, number: u8) -> u32 {
        match self.pick(number) {
            Asset::Model(model) => model,
            Asset::Datanet(_) => 78,
        }
    }

    fn contention(&self, number: u8, missing: bool) -> Contention {
        let origin = self.origin(number);
        match missing {
            true => Contention::MissingParent(origin),
            false => Contention::FalseParent(origin),
        }
    }

    fn origin(&self, number: u8) -> Origin {
        match self.pick(number) {
            Asset::Datanet(datanet) => trained_on(datanet, 1),
            Asset::Model(model) => Origin::FineTunedFrom(model),
        }
    }
}

fn refold(model: u32) -> DispatchResult {
    Licensing::refold(RuntimeOrigin::signed(CAROL), model)
        .map(|_| ())
        .map_err(|error| error.error)
}

fn take(step: Step, all: &[LicenceTerms], assets: &mut Assets) -> DispatchResult {
    let signed = RuntimeOrigin::signed;
    let terms_of = |number: u8| all[usize::from(number) % all.len()].id();
    let next = assets.0.len() as u32;
    match step {
        Step::Retract(who, terms) => Licensing::retract(signed(who), terms_of(terms)),
        Step::AttachModel(who, terms, origins) => {
            let origins: Vec<_> = origins
                .into_iter()
                .map(|number| assets.origin(number))
                .collect();
            let told = Licensing::check_model(who, terms_of(terms), origins.clone());
            let done = with_storage_layer(|| {
                Licensing::attach_model(next, &who, terms_of(terms), &origins)
            });
            let told = told.map_err(|refusal| Error::<Test>::from(refusal).into());
            assert_eq!(told, done);
            done?;
            assets.0.push(Asset::Model(next));
            Ok(())
        }
        Step::AttachDatanet(who, terms) => {
            with_storage_layer(|| Licensing::attach_datanet(next, &who, terms_of(terms)))?;
            assets.0.push(Asset::Datanet(next));
            Ok(())
        }
        Step::Offer(who, asset) => {
            Licensing::make_offer(signed(who), assets.pick(asset), 1, Perbill::zero())
        }
        Step::Acquire(who, asset, generation) => acquire(who, assets.pick(asset), generation),
        Step::Approve(asset, applicant) => {
            let owner = assets.owner(asset)?;
            Licensing::approve(signed(owner), assets.pick(asset), applicant)
        }
        Step::Decline(asset, applicant) => {
            let owner = assets.owner(asset)?;
            Licensing::decline(signed(owner), assets.pick(asset), applicant)
        }
        Step::Relinquish(who, asset) => Licensing::relinquish(signed(who), assets.pick(asset)),
        Step::Transfer(asset, who) => {
            with_storage_layer(|| <Licensing as Terms<_>>::transfer(assets.pick(asset), &who))
        }
        Step::Retire(asset) => {
            with_storage_layer(|| <Licensing as Terms<_>>::retire(assets.pick(asset)))
        }
        Step::AddSource(asset, origin) => {
            let owner = assets.owner(asset)?;
            let (model, origin) = (assets.model(asset), assets.origin(origin));
            with_storage_layer(|| Licensing::add_source(model, &owner, origin).map(|_| ()))
        }
        Step::Contest(asset, origin, missing) => {
            let contention = assets.contention(origin, missing);
            Licensing::contest(assets.model(asset), &contention)
        }
        Step::Conclude(asset, origin, missing, upheld) => {
            let contention = assets.contention(origin, missing);
            with_storage_layer(|| Licensing::conclude(assets.model(asset), &contention, upheld))
        }
        Step::Refold(asset) => refold(assets.model(asset)),
        Step::Blocks(blocks) => {
            System::set_block_number(System::block_number() + u64::from(blocks));
            Ok(())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_invariants_hold_and_fees_are_paid_in_full(
        all in vec(some_terms(), 1..12),
        steps in vec(step(), 1..80),
    ) {
        ExtBuilder::build_and_execute(|| {
            Payments::set(Vec::new());
            for terms in &all {
                published(terms.clone());
            }
            let mut assets = Assets::default();
            for step in steps {
                // Refusals are half of what happens.
                let before = events();
                if take(step.clone(), &all, &mut assets).is_err() {
                    assert_eq!(events(), before, "{step:?}");
                }
                assert_eq!(Licensing::do_try_state(), Ok(()), "{step:?}");
            }
            // Nothing is refolded while it is contested.
            for (model, claim) in crate::Claims::<Test>::iter().collect::<Vec<_>>() {
                let missing = Contention::MissingParent(claim.origin);
                assert_eq!(Licensing::conclude(model, &missing, false), Ok(()));
            }
            // The oldest first, nobody needs to be refolded twice.
            for asset in &assets.0 {
                if let Asset::Model(model) = *asset {
                    let stale = Licensing::stale(*asset);
                    assert_eq!(refold(model).is_ok(), stale);
                }
            }
            assert!(!assets.0.iter().any(|asset| Licensing::stale(*asset)));
            assert_eq!(Licensing::do_try_state(), Ok(()));
            let paid: u128 = Payments::get().iter().map(|(_, _, fee)| fee).sum();
            assert_eq!(Balances::free_balance(POT), EXISTENTIAL_DEPOSIT + paid);
        });
    }
}
