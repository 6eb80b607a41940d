//! Refusals that need several pallets, and what must not be refused.

use super::{assets::*, records::records, rounds::*, *};
use crate::configs::utility::ProxyType;
use frame_support::dispatch::DispatchResultWithPostInfo;
use frame_system::Phase as ExecutionPhase;
use pallet_datanets::{Error, Event};
use sp_runtime::traits::Dispatchable;
use tributary_primitives::{
    assets::Asset,
    datanets::Phase,
    licences::{LicenceTerms, Origin, Refusal, Term, Use, UseRefusal, Uses},
};

/// Asks for a model of the base owner with these origins.
fn asking(chain: &mut Chain, origins: Vec<Origin>) -> RuntimeCall {
    let own = publish(chain, BASE_OWNER, terms(10));
    registration(origins, own, team(&[(BASE_OWNER, 100)]))
}

#[test]
fn no_model_comes_from_a_round_that_is_not_final() {
    journey(|chain| {
        let mut datanet = Datanet::create(chain, terms(20));
        let round = datanet.open(chain, None);
        let call = asking(chain, vec![Origin::TrainedOn(datanet.pool(round))]);
        let refuse = |chain: &mut Chain| {
            let error = pallet_models::Error::<Runtime>::RoundNotFinal;
            chain.refused(BASE_OWNER, call.clone(), error);
        };
        refuse(chain);
        let who = HONEST[0];
        let number = datanet.commit(chain, who, round, records("some", 0..CLASSES, 2));
        datanet.commit_slices(chain, PROVIDER, round);
        datanet.advance(chain, round);
        refuse(chain);
        datanet.deliver(chain, number);
        datanet.advance(chain, round);
        refuse(chain);
        let error = Error::<Runtime>::RandomnessNotKnown;
        chain.refused(ANYBODY, datanet.advancing(round), error);
        datanet.pick(chain, round);
        // What the epoch before the running one produced: nobody knew it at the freeze.
        let randomness = pallet_babe::NextRandomness::<Runtime>::get();
        assert_eq!(datanet.round(round).randomness, Some(randomness.into()));
        datanet.reveal(chain, round);
        refuse(chain);
        datanet.evaluate(chain, EVALUATOR, round);
        assert_eq!(datanet.round(round).phase, Phase::Published);
        refuse(chain);
        datanet.finalise(chain, round);
        chain.must(BASE_OWNER, call);

        // A void round never is.
        let void = datanet.open(chain, None);
        assert_eq!(datanet.advance(chain, void), Phase::Void);
        let call = asking(chain, vec![Origin::TrainedOn(datanet.pool(void))]);
        let error = pallet_models::Error::<Runtime>::RoundNotFinal;
        chain.refused(BASE_OWNER, call, error);
    });
}

#[test]
fn a_use_that_a_licence_forbids_is_refused_with_parent_and_term() {
    journey(|chain| {
        let uses = Uses::of(&[Use::Train, Use::Infer]);
        let narrow = LicenceTerms {
            direct: uses,
            onward: uses,
            ..terms(20)
        };
        let open = Datanet::played(chain, terms(15));
        let closed = Datanet::played(chain, narrow.clone());
        let own = publish(chain, BASE_OWNER, narrow);
        let owner = account(BASE_OWNER);
        let members = team(&[(BASE_OWNER, 100)]);

        // The second origin is looked up, which its licence does not allow.
        let origins = vec![
            Origin::TrainedOn(open.pool(1)),
            Origin::RetrievesFrom(closed.pool(1)),
        ];
        let asset = Asset::Datanet(closed.id);
        assert_eq!(
            Licensing::check_model(owner.clone(), own, origins.clone()),
            Err(Refusal::through(1, asset, Term::Direct(Use::Retrieve)))
        );
        let error = pallet_licensing::Error::<Runtime>::UseNotAllowed { origin: 1 };
        let call = registration(origins, own, members.clone());
        chain.refused(BASE_OWNER, call, error);

        // Trained on, it is fine; but the model's own licence must not allow more than is handed on.
        let origins = vec![
            Origin::TrainedOn(open.pool(1)),
            Origin::TrainedOn(closed.pool(1)),
        ];
        let wide = publish(chain, BASE_OWNER, terms(10));
        let refused = terms(10).direct.without(uses);
        assert_eq!(
            Licensing::check_model(owner, wide, origins.clone()),
            Err(Refusal::through(1, asset, Term::Onward(refused)))
        );
        let error = pallet_licensing::Error::<Runtime>::OnwardUseNotAllowed {
            origin: 1,
            uses: refused.bits(),
        };
        let call = registration(origins.clone(), wide, members.clone());
        chain.refused(BASE_OWNER, call, error);
        chain.must(BASE_OWNER, registration(origins, own, members));
    });
}

#[test]
fn a_retired_datanet_takes_no_rounds_and_no_models_and_goes_on_to_earn() {
    journey(|chain| {
        let datanet = Datanet::played(chain, terms(20));
        let origins = vec![Origin::TrainedOn(datanet.pool(1))];
        let earlier = register(chain, BASE_OWNER, origins.clone(), 10, &[(BASE_OWNER, 100)]);
        let again = asking(chain, origins);
        let retire = pallet_datanets::Call::retire {
            datanet: datanet.id,
        };
        chain.must(STEWARD, RuntimeCall::Datanets(retire.clone()));
        let retired = Error::<Runtime>::DatanetRetired;
        chain.refused(STEWARD, RuntimeCall::Datanets(retire), retired);
        let open = pallet_datanets::Call::open_round {
            datanet: datanet.id,
            sponsor: None,
        };
        chain.refused(
            STEWARD,
            RuntimeCall::Datanets(open),
            Error::<Runtime>::DatanetRetired,
        );
        let pledge = pallet_datanets::Call::pledge {
            datanet: datanet.id,
            round: 2,
            providers: vec![account(PROVIDER)],
            price: PRICE,
            budget: BUDGET,
        };
        chain.refused(
            SPONSOR,
            RuntimeCall::Datanets(pledge),
            Error::<Runtime>::DatanetRetired,
        );
        let error = pallet_licensing::Error::<Runtime>::OriginRetired { origin: 0 };
        chain.refused(BASE_OWNER, again, error);
        let asset = Asset::Datanet(datanet.id);
        let quote = Licensing::can_use(asset, Use::Train, account(BASE_OWNER), 0, 0);
        let refusal = UseRefusal::Licence(Refusal::by(asset, Term::Retired));
        assert_eq!(quote.err(), Some(refusal));

        chain.must(CONSUMER, payment(Asset::Model(earlier.id), 1_000_000_007));
        chain.must(ANYBODY, settlement(earlier.id));
        chain.must(CONSUMER, payment(asset, 1_000_000_007));
        let takings = Rewards::pool(datanet.pool(1))
            .expect("it has weight")
            .takings;
        assert!(takings.royalties > 0 && takings.net > 0);
    });
}

/// A datanet whose first round waits for one contribution, and the call that delivers it.
fn delivering(chain: &mut Chain) -> (Datanet, RuntimeCall) {
    let mut datanet = Datanet::create(chain, terms(20));
    let round = datanet.open(chain, None);
    let number = datanet.commit(chain, HONEST[0], round, records("some", 0..CLASSES, 2));
    datanet.commit_slices(chain, PROVIDER, round);
    datanet.advance(chain, round);
    let call = datanet.delivery(number);
    (datanet, call)
}

#[test]
fn records_are_delivered_within_batches_by_proxies_and_by_the_superuser_for_others() {
    journey(|chain| {
        let (datanet, call) = delivering(chain);
        let contributor = HONEST[0];
        let add = pallet_proxy::Call::add_proxy {
            delegate: account(ANYBODY).into(),
            proxy_type: ProxyType::Any,
            delay: 0,
        };
        chain.must(contributor, RuntimeCall::Proxy(add));
        let batch = RuntimeCall::Utility(pallet_utility::Call::batch_all {
            calls: vec![call.clone()],
        });
        let for_contributor = |call| {
            RuntimeCall::Proxy(pallet_proxy::Call::proxy {
                real: account(contributor).into(),
                force_proxy_type: None,
                call: Box::new(call),
            })
        };
        let as_contributor = RuntimeCall::Sudo(pallet_sudo::Call::sudo_as {
            who: account(contributor).into(),
            call: Box::new(call.clone()),
        });
        let ways = [
            (contributor, call.clone()),
            (contributor, batch.clone()),
            (ANYBODY, for_contributor(call)),
            (ANYBODY, for_contributor(batch)),
            (Person::Alice, as_contributor),
        ];
        for (who, way) in ways {
            // Each comes third in its block: after the time, and after a remark.
            chain.next();
            chain.branch(|chain| {
                let remark = frame_system::Call::remark { remark: vec![] };
                chain.must(CONSUMER, RuntimeCall::System(remark));
                let events = chain.must(who, way);
                let extrinsic = found(&events, |event| match event {
                    RuntimeEvent::Datanets(Event::BatchDelivered { extrinsic, .. }) => {
                        Some(*extrinsic)
                    }
                    _ => None,
                });
                assert_eq!(extrinsic, 2);
                assert_eq!(datanet.round(1).delivered, 1);
                chain.next();
            });
        }
    });
}

/// Dispatches `call` for the contributor as a hook would, in a block's `phase`.
fn dispatch_in(phase: ExecutionPhase, call: RuntimeCall) -> DispatchResultWithPostInfo {
    match phase {
        ExecutionPhase::Initialization => {
            let number = System::block_number() + 1;
            System::initialize(&number, &Hash::zero(), &Default::default());
        }
        _ => System::note_finished_extrinsics(),
    }
    assert_eq!(System::execution_phase(), Some(phase));
    call.dispatch(RuntimeOrigin::signed(account(HONEST[0])))
}

#[test]
fn records_are_not_delivered_by_calls_that_no_block_holds() {
    journey(|chain| {
        let (datanet, call) = delivering(chain);
        for phase in [ExecutionPhase::Initialization, ExecutionPhase::Finalization] {
            chain.branch(|_| {
                let before = state();
                let outcome = dispatch_in(phase.clone(), call.clone());
                let error = outcome.expect_err("no extrinsic holds the records").error;
                assert_eq!(error, Error::<Runtime>::NotInExtrinsic.into());
                assert!(before == state(), "a refused call changed something");
            });
        }
        // The superuser is nobody's contributor.
        let sudo = pallet_sudo::Call::sudo {
            call: Box::new(call.clone()),
        };
        chain.next();
        let before = state();
        let events = chain.must(Person::Alice, RuntimeCall::Sudo(sudo));
        let outcome = found(&events, |event| match event {
            RuntimeEvent::Sudo(pallet_sudo::Event::Sudid { sudo_result }) => Some(*sudo_result),
            _ => None,
        });
        assert_eq!(outcome, Err(DispatchError::BadOrigin));
        assert!(before == state(), "a refused call changed something");
        // The same call, in an extrinsic of its own.
        chain.must(HONEST[0], call);
        assert_eq!(datanet.round(1).delivered, 1);
    });
}
