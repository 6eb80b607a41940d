//! How rounds go on, and how to wait for them.

use anyhow::{Context as _, Result};
use subxt::utils::AccountId32;
use subxt_signer::sr25519::Keypair;
use tributary_primitives::{
    assets::Pool,
    datanets::{Evidence, Phase, Recipe},
};

use crate::{
    asset::pool_text,
    chain::{
        calls::{AbandonRound, AdvanceRound, FinaliseRound},
        state::{Contribution, Datanet, EpochCount, Round},
        Chain, Snapshot, Wait,
    },
    failure::{misuse, Misuse, Refusal},
    keys,
    output::remark,
    progress,
};

/// Changes of epoch after the freeze until slices can be picked.
const PICKING_CHANGE: u64 = 2;

/// A datanet, or an error that says there is none.
pub(crate) async fn datanet(state: &Snapshot, datanet: u32) -> Result<Datanet> {
    let found = state.get("Datanets", "Datanets", (datanet,)).await?;
    found.ok_or_else(|| Misuse(format!("there is no datanet {datanet}")).into())
}

/// The recipe of a datanet.
pub(crate) async fn recipe(state: &Snapshot, datanet: u32) -> Result<Recipe> {
    let found: Option<subxt::utils::Static<Recipe>> =
        state.get("Datanets", "Recipes", (datanet,)).await?;
    found
        .map(|recipe| recipe.0)
        .ok_or_else(|| Misuse(format!("there is no datanet {datanet}")).into())
}

/// The recipe of a datanet whose records lie in blocks.
pub(crate) async fn open_recipe(state: &Snapshot, datanet: u32) -> Result<Recipe> {
    let recipe = recipe(state, datanet).await?;
    if recipe.evidence != Evidence::Open {
        misuse!(
            "datanet {datanet} is attested: the chain has roots of its records and references to them, and no records and no slices. Only its attestors see them, and say what they are worth (`tributary attest`)"
        );
    }
    Ok(recipe)
}

/// A round, or an error that says there is none.
pub(crate) async fn round(state: &Snapshot, datanet: u32, round: u32) -> Result<Round> {
    let found = round_if_any(state, datanet, round).await?;
    found.ok_or_else(|| Misuse(format!("datanet {datanet} has no round {round}")).into())
}

/// A round, if there is one of this number.
pub(crate) async fn round_if_any(
    state: &Snapshot,
    datanet: u32,
    round: u32,
) -> Result<Option<Round>> {
    state.get("Datanets", "Rounds", (datanet, round)).await
}

/// The block in which a round no longer takes commitments: all that was delivered to it is there or later.
pub(crate) async fn deliveries_begin(
    chain: &Chain,
    now: &Snapshot,
    datanet: u32,
    round: u32,
) -> Result<u64> {
    chain
        .first_block(now, |block| async move {
            let found = round_if_any(&block, datanet, round).await?;
            Ok(found.is_some_and(|found| found.phase.0 != Phase::Committing))
        })
        .await
        .with_context(|| {
            format!(
                "looking for the deliveries of {}",
                pool_text(Pool { datanet, round })
            )
        })
}

/// The contributions of a datanet that still exist, ascending by number.
pub(crate) async fn contributions(
    state: &Snapshot,
    datanet: u32,
) -> Result<Vec<(u32, Contribution)>> {
    let entries: Vec<((u32, u32), Contribution)> = state
        .entries("Datanets", "Contributions", (datanet,))
        .await?;
    let mut contributions: Vec<_> = entries
        .into_iter()
        .map(|((_, number), contribution)| (number, contribution))
        .collect();
    contributions.sort_by_key(|(number, _)| *number);
    Ok(contributions)
}

/// What a round waits for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// Somebody, or a block.
    Wait(&'static str),
    /// Anybody who calls `advance`.
    Advance,
    /// Anybody who calls `finalise`.
    Finalise,
    /// Anybody who gives it up, as attestors did not agree in time.
    Abandon,
    /// Nothing: it has ended.
    Ended,
}

/// What decides about a round's next step, besides the round itself.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    /// The block in which an extrinsic would be, at the earliest.
    block: u32,
    /// How many changes of epoch were recorded.
    epochs: u64,
    /// The block from which the round can be finalised, if its window is open.
    closes_at: Option<u32>,
    /// Whether the round before has ended.
    last_ended: bool,
    /// Whether attestors end it.
    attested: bool,
}

/// What a round waits for.
fn next_step(round: &Round, clock: Clock) -> Step {
    let overdue = round
        .deadline
        .is_some_and(|deadline| clock.block > deadline);
    match round.phase.0 {
        Phase::Committing if overdue => Step::Advance,
        Phase::Committing => Step::Wait("commitments"),
        Phase::Delivering if !(overdue || round.delivered == round.committed) => {
            Step::Wait("deliveries")
        }
        Phase::Delivering if !clock.last_ended => Step::Wait("the end of the round before"),
        Phase::Delivering => Step::Advance,
        Phase::Frozen if round.seats.is_empty() => {
            let known = round
                .frozen
                .is_some_and(|frozen| clock.epochs >= frozen + PICKING_CHANGE);
            if known {
                Step::Advance
            } else {
                Step::Wait("randomness that picks the slices")
            }
        }
        Phase::Frozen if overdue => Step::Advance,
        Phase::Frozen => Step::Wait("slices to be revealed"),
        Phase::Revealed | Phase::Published => match clock.closes_at {
            Some(closes_at) if clock.block >= closes_at && clock.attested => Step::Abandon,
            Some(closes_at) if clock.block >= closes_at => Step::Finalise,
            _ if clock.attested => Step::Wait("attestors to agree"),
            _ if round.phase.0 == Phase::Revealed => Step::Wait("a valuation"),
            _ => Step::Wait("the end of the window"),
        },
        Phase::Final | Phase::Void => Step::Ended,
    }
}

/// A round as it stands in a block, and what it waits for.
pub(crate) struct Standing {
    /// The round.
    pub(crate) round: Round,
    /// What it waits for.
    pub(crate) step: Step,
    /// The block from which it can be finalised, if its window is open.
    pub(crate) closes_at: Option<u32>,
    /// The block.
    pub(crate) block: u64,
}

/// How a round stands.
pub(crate) async fn standing(state: &Snapshot, datanet: u32, number: u32) -> Result<Standing> {
    let found = round(state, datanet, number).await?;
    let epochs: Option<EpochCount> = state.get("Datanets", "LastEpoch", ()).await?;
    let evidence = recipe(state, datanet).await?.evidence;
    let ended_by = match evidence {
        Evidence::Open => "Valuation",
        Evidence::Attested { .. } => "Attestation",
    };
    let closes_at: Option<u32> = state.view(ended_by, "closes_at", (datanet, number)).await?;
    let last = round_if_any(state, datanet, number.wrapping_sub(1)).await?;
    let clock = Clock {
        block: u32::try_from(state.number() + 1).context("blocks are numbered by 32 bits")?,
        epochs: epochs.map_or(0, |epochs| epochs.recorded),
        closes_at,
        last_ended: last.is_none_or(|last| matches!(last.phase.0, Phase::Final | Phase::Void)),
        attested: evidence != Evidence::Open,
    };
    let step = next_step(&found, clock);
    Ok(Standing {
        round: found,
        step,
        closes_at,
        block: state.number(),
    })
}

/// The round to work with if none is named: the last one of the datanet.
pub(crate) async fn round_or_last(
    state: &Snapshot,
    number: u32,
    named: Option<u32>,
) -> Result<u32> {
    if let Some(named) = named {
        return Ok(named);
    }
    match datanet(state, number).await?.rounds {
        0 => misuse!("datanet {number} has no round yet"),
        last => Ok(last),
    }
}

/// Waits until a round has come to a place, and moves it on where nobody else does.
///
/// `reached` says of each standing whether it is the place. A round that ends before is an error. `patience` is how many blocks others
/// have to move it on first; accounts wait some more, each another time, so that they do not all pay for the same step.
pub(crate) async fn wait_for(
    chain: &Chain,
    key: &Keypair,
    datanet: u32,
    number: u32,
    patience: u64,
    reached: impl Fn(&Standing) -> bool,
) -> Result<Standing> {
    let spread = if patience == 0 {
        0
    } else {
        u64::from(keys::account(key).0[0] % 4)
    };
    let spinner = progress::spinner("waiting");
    // Steps are taken as soon as possible: it does no harm if one has to be taken again.
    let quick = chain.waiting(Wait::Included);
    let mut due: Option<(u64, Step)> = None;
    let mut shown = String::new();
    loop {
        let now = chain.now().await?;
        if round_if_any(&now, datanet, number).await?.is_none() {
            // It may be too new to be final.
            round(&chain.newest().await?, datanet, number).await?;
            chain.pause().await;
            continue;
        }
        let standing = standing(&now, datanet, number).await?;
        if reached(&standing) {
            spinner.finish_and_clear();
            return Ok(standing);
        }
        let waits = match &standing.step {
            Step::Wait(what) => what,
            Step::Advance | Step::Finalise | Step::Abandon => "its next step",
            Step::Ended => anyhow::bail!(
                "round {number} of datanet {datanet} has ended: it is {:?}",
                standing.round.phase.0
            ),
        };
        let message = format!(
            "round {number} of datanet {datanet} is {:?} and waits for {waits}",
            standing.round.phase.0
        );
        spinner.set_message(format!("{message} (block {})", standing.block));
        if spinner.is_hidden() && message != shown {
            remark(&message);
            shown = message;
        }
        if matches!(
            standing.step,
            Step::Advance | Step::Finalise | Step::Abandon
        ) {
            let since = match &due {
                Some((since, step)) if *step == standing.step => *since,
                _ => standing.block,
            };
            due = Some((since, standing.step.clone()));
            if standing.block >= since + patience + spread {
                take_step(&quick, key, datanet, number, &standing.step).await?;
                due = None;
            }
        } else {
            due = None;
        }
        chain.pause().await;
    }
}

/// Moves a round on. That somebody else just did, or that it is a block too early, is no error.
pub(crate) async fn take_step(
    chain: &Chain,
    key: &Keypair,
    datanet: u32,
    round: u32,
    step: &Step,
) -> Result<()> {
    let sent = match step {
        Step::Advance => chain.submit(key, AdvanceRound { datanet, round }).await,
        Step::Finalise => chain.submit(key, FinaliseRound { datanet, round }).await,
        Step::Abandon => chain.submit(key, AbandonRound { datanet, round }).await,
        Step::Wait(_) | Step::Ended => return Ok(()),
    };
    match sent {
        Ok(included) => {
            let call = match step {
                Step::Advance => "advance",
                Step::Abandon => "abandon",
                _ => "finalise",
            };
            remark(format!(
                "round {round} of datanet {datanet}: {call} {}",
                included.place()
            ));
            Ok(())
        }
        Err(error)
            if error
                .downcast_ref::<Refusal>()
                .is_some_and(|refusal| is_race(&refusal.error)) =>
        {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Whether a refusal says no more than that another was faster, or a block too early.
fn is_race(error: &str) -> bool {
    [
        "Datanets::TooEarly",
        "Datanets::WrongPhase",
        "Datanets::LastRoundNotEnded",
        "Datanets::RandomnessNotKnown",
        "Valuation::WrongPhase",
        "Valuation::WindowOpen",
        "Attestation::WrongPhase",
        "Attestation::WindowOpen",
    ]
    .contains(&error)
}

/// Whether an account is among a round's providers.
pub(crate) fn is_provider(round: &Round, account: &AccountId32) -> bool {
    round.providers.contains(account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::state::Seat;
    use subxt::utils::{Static, H256};

    fn round(phase: Phase) -> Round {
        Round {
            phase: Static(phase),
            deadline: Some(10),
            first: 0,
            committed: 2,
            delivered: 1,
            carried: 0,
            providers: Vec::new(),
            sponsorship: None,
            frozen: Some(3),
            seats: Vec::new(),
            inputs: H256::zero(),
            revealed_at: 0,
            outcome: None,
        }
    }

    fn at(block: u32) -> Clock {
        Clock {
            block,
            last_ended: true,
            ..Clock::default()
        }
    }

    #[test]
    fn commitments_are_waited_for_until_the_deadline_has_passed() {
        assert_eq!(
            next_step(&round(Phase::Committing), at(10)),
            Step::Wait("commitments")
        );
        assert_eq!(next_step(&round(Phase::Committing), at(11)), Step::Advance);
    }

    #[test]
    fn a_round_freezes_when_all_is_delivered_or_the_deadline_has_passed_and_the_last_one_has_ended()
    {
        let mut round = round(Phase::Delivering);
        assert_eq!(next_step(&round, at(10)), Step::Wait("deliveries"));
        assert_eq!(next_step(&round, at(11)), Step::Advance);
        round.delivered = 2;
        assert_eq!(next_step(&round, at(5)), Step::Advance);
        let clock = Clock {
            last_ended: false,
            ..at(5)
        };
        assert_eq!(
            next_step(&round, clock),
            Step::Wait("the end of the round before")
        );
    }

    #[test]
    fn slices_are_picked_at_the_second_change_of_epoch() {
        let mut round = round(Phase::Frozen);
        round.deadline = None;
        let clock = |epochs| Clock { epochs, ..at(20) };
        assert_eq!(
            next_step(&round, clock(4)),
            Step::Wait("randomness that picks the slices")
        );
        assert_eq!(next_step(&round, clock(5)), Step::Advance);
        round.seats.push(Seat {
            provider: AccountId32([0; 32]),
            slice: 0,
            root: None,
        });
        round.deadline = Some(30);
        assert_eq!(
            next_step(&round, clock(5)),
            Step::Wait("slices to be revealed")
        );
        assert_eq!(
            next_step(
                &round,
                Clock {
                    block: 31,
                    ..clock(5)
                }
            ),
            Step::Advance
        );
    }

    #[test]
    fn a_window_is_waited_for_and_then_closed() {
        let clock = |block| Clock {
            closes_at: Some(40),
            ..at(block)
        };
        assert_eq!(
            next_step(&round(Phase::Revealed), clock(39)),
            Step::Wait("a valuation")
        );
        assert_eq!(
            next_step(&round(Phase::Published), clock(39)),
            Step::Wait("the end of the window")
        );
        assert_eq!(
            next_step(&round(Phase::Published), clock(40)),
            Step::Finalise
        );
        assert_eq!(next_step(&round(Phase::Final), clock(50)), Step::Ended);
    }

    #[test]
    fn attestors_are_waited_for_and_then_given_up() {
        let clock = |block| Clock {
            closes_at: Some(40),
            attested: true,
            ..at(block)
        };
        let step = |block| next_step(&round(Phase::Revealed), clock(block));
        assert_eq!(step(39), Step::Wait("attestors to agree"));
        assert_eq!(step(40), Step::Abandon);
    }
}
