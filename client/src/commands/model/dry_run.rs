//! `tributary model register --dry-run`: what the chain would say to a registration that nobody has signed.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{json, Value};
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{
    assets::{LateRoyalties, MAX_TEAM},
    licences::{
        GrantProgress, GrantQuote, ModelQuote, Origin, Refusal, MAX_SOURCE_MODELS, MAX_SOURCE_POOLS,
    },
};

use super::{
    parent,
    register::{check, shared_by, sum, CALL},
};
use crate::{
    chain::{
        calls::{Kind, RegisterModel},
        state::{AccountInfo, Model},
        Snapshot,
    },
    commands::licence::{grant_table, refused_call},
    failure,
    money::{Amount, Part},
    origin::origin_text,
    output::{hex, Grid, Output},
    round,
    royalties::{royalty_table, standing_royalties},
};

/// A registration that is not sent, and who would send it.
pub(super) struct DryRun {
    owner: AccountId32,
    call: RegisterModel,
}

/// What the chain says to it.
struct Answer {
    quote: ModelQuote,
    /// What of that stands against it: a grant that the owner does not have yet.
    refusal: Option<Refusal>,
    /// What the owner has to pay with.
    free: u128,
}

impl DryRun {
    pub(super) fn new(owner: AccountId32, call: RegisterModel) -> Self {
        let team = shared_by(call.team, owner);
        let call = RegisterModel { team, ..call };
        Self { owner, call }
    }

    /// Asks in the order in which the chain would, so that the first refusal is the chain's.
    pub(super) async fn answer(self, state: &Snapshot) -> Result<Output> {
        if let Some(error) = self.flaw(state).await? {
            return Err(refused(state, error)?.into());
        }
        let arguments = (self.owner, self.call.terms, self.call.origins.clone());
        let quote: Static<Result<ModelQuote, Refusal>> =
            state.view("Licensing", "quote_model", arguments).await?;
        let quote = quote.0.map_err(|refusal| refused_call(CALL, &refusal))?;
        let account: Option<AccountInfo> = state.get("System", "Account", (self.owner,)).await?;
        let answer = Answer {
            quote,
            refusal: check(state, self.owner, &self.call).await?.err(),
            free: account.unwrap_or_default().data.free,
        };
        self.output(&answer)
    }

    /// The error of what is wrong with it, whatever the licences of its sources say.
    async fn flaw(&self, state: &Snapshot) -> Result<Option<&'static str>> {
        let origins: Vec<_> = self.call.origins.iter().map(|origin| origin.0).collect();
        let most: u32 = state.constant("Models", "MaxMetadata")?;
        let own = origins_flaw(self.call.kind, &origins)
            .or_else(|| self.team_flaw())
            .or_else(|| (self.call.metadata.len() > most as usize).then_some("MetadataTooLong"));
        if own.is_some() {
            return Ok(own);
        }
        let mut ancestors = BTreeSet::new();
        for parent in origins.iter().filter_map(parent) {
            let found: Option<Model> = state.get("Models", "Models", (parent,)).await?;
            match found {
                None => return Ok(Some("ParentNotFound")),
                Some(model) if model.retired => return Ok(Some("ParentRetired")),
                Some(_) => (),
            }
            let further: Option<Vec<u32>> = state.get("Models", "Ancestors", (parent,)).await?;
            ancestors.extend(further.unwrap_or_default());
            ancestors.insert(parent);
        }
        let most: u32 = state.constant("Models", "MaxAncestors")?;
        if ancestors.len() > most as usize {
            return Ok(Some("TooManyAncestors"));
        }
        for pool in origins.iter().filter_map(Origin::pool) {
            let found = round::round_if_any(state, pool.datanet, pool.round).await?;
            if found.is_none_or(|found| found.outcome.is_none()) {
                return Ok(Some("RoundNotFinal"));
            }
        }
        Ok(None)
    }

    /// The error of what is wrong with its team.
    fn team_flaw(&self) -> Option<&'static str> {
        let team = &self.call.team;
        let accounts: BTreeSet<_> = team.iter().map(|member| member.account.0).collect();
        let parts = team.iter().map(|member| u64::from(member.part));
        if team.len() > MAX_TEAM as usize {
            Some("TooManyMembers")
        } else if accounts.len() < team.len() {
            Some("DuplicateMember")
        } else if parts.clone().any(|part| part == 0) {
            Some("EmptyPart")
        } else if parts.sum::<u64>() != 1_000_000_000 {
            Some("PartsNotOne")
        } else {
            None
        }
    }

    fn output(&self, answer: &Answer) -> Result<Output> {
        let call = &self.call;
        let lines = standing_royalties(&answer.quote.royalties, &LateRoyalties::new())?;
        let (royalties, royalties_json) = royalty_table("would owe royalties to", &lines);
        let (grants, grants_json) = grant_table(&answer.quote.grants);
        let mut members = Grid::new(["would share the rest", ">part"]);
        let mut team: Vec<Value> = Vec::new();
        for member in &call.team {
            let part = Part(member.part);
            members.row([&member.account, &part]);
            team.push(json!({ "account": member.account, "part": part }));
        }
        let origins: Vec<_> = call
            .origins
            .iter()
            .map(|origin| origin_text(origin))
            .collect();
        let asked: Vec<_> = call.origins.iter().map(|origin| origin.0).collect();
        let fees = Amount(missing_fees(&answer.quote.grants));
        let royalties_in_all = Part(sum(&answer.quote.royalties));
        let json = json!({
            "dry_run": true,
            "owner": self.owner,
            "kind": format!("{:?}", call.kind),
            "origins": asked,
            "weights_hash": hex(call.weights_hash),
            "recipe_hash": hex(call.recipe_hash),
            "terms": hex(call.terms),
            "metadata_bytes": call.metadata.len(),
            "team": team,
            "royalties": royalties_json,
            "royalties_at_most": royalties_in_all,
            "grants": grants_json,
            "fees_of_missing_grants": fees,
            "free": Amount(answer.free),
        });
        let output = Output::new(json)
            .fields([
                ("owner", self.owner.to_string()),
                ("free coins", Amount(answer.free).to_string()),
                ("kind", format!("{:?}", call.kind)),
                ("comes from", origins.join(", ")),
                ("terms", hex(call.terms)),
                ("weights", hex(call.weights_hash)),
                ("recipe", hex(call.recipe_hash)),
                ("metadata", format!("{} bytes", call.metadata.len())),
                ("royalties agreed to", royalties_in_all.to_string()),
                ("fees of missing grants", fees.to_string()),
            ])
            .table(royalties)
            .table(members)
            .table(grants);
        if let Some(refusal) = &answer.refusal {
            return Ok(output.before(refused_call(CALL, refusal).into()));
        }
        Ok(output.line(
            "Nothing stands against it, and nothing was sent. Deposits for it are on hold besides, which the chain counts when it is registered.",
        ))
    }
}

/// The refusal of a registration by an error of its pallet.
fn refused(state: &Snapshot, error: &str) -> Result<failure::Refusal> {
    state.refusal("Models", "register", error)
}

/// What the grants cost that the owner has yet to apply for.
fn missing_fees(grants: &[GrantQuote]) -> u128 {
    let missing = grants
        .iter()
        .filter(|grant| grant.progress == GrantProgress::Missing);
    missing.fold(0, |sum, grant| sum.saturating_add(grant.fee))
}

/// The error of what is wrong with origins, for a model of a kind. Of what the kind does not allow the command line can say one thing only: that a base
/// model was distilled from another.
fn origins_flaw(kind: Kind, origins: &[Origin]) -> Option<&'static str> {
    let assets: BTreeSet<_> = origins.iter().map(Origin::asset).collect();
    let models = origins.iter().filter_map(parent).count();
    let makers = origins.iter().filter(|origin| makes(kind, origin)).count();
    let (least, most) = match kind {
        Kind::Base => (0, 0),
        Kind::FineTune | Kind::Adapter | Kind::Distill => (1, MAX_SOURCE_MODELS as usize),
        Kind::Merge => (2, MAX_SOURCE_MODELS as usize),
        Kind::Quantize => (1, 1),
    };
    if models > MAX_SOURCE_MODELS as usize {
        Some("TooManyParents")
    } else if origins.len() - models > MAX_SOURCE_POOLS as usize {
        Some("TooManyRounds")
    } else if assets.len() < origins.len() {
        Some("DuplicateOrigin")
    } else if kind == Kind::Base && models > 0 {
        Some("OriginNotAllowed")
    } else if makers < least {
        Some("OriginMissing")
    } else if makers > most {
        Some("TooManySources")
    } else {
        None
    }
}

/// Whether an origin makes a model to be of a kind.
fn makes(kind: Kind, origin: &Origin) -> bool {
    matches!(
        (kind, origin),
        (Kind::FineTune, Origin::FineTunedFrom(_))
            | (Kind::Adapter, Origin::AdapterOf(_))
            | (Kind::Merge, Origin::MergedFrom(_))
            | (Kind::Distill, Origin::DistilledFrom(_))
            | (Kind::Quantize, Origin::QuantizedFrom(_))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::calls::Member;
    use std::collections::BTreeMap;
    use subxt::utils::H256;
    use tributary_primitives::{
        assets::{Asset, Payee, Pool, Royalty, RoyaltyStack},
        licences::{Generation, Term},
        Perbill,
    };

    fn account(byte: u8) -> AccountId32 {
        AccountId32([byte; 32])
    }

    fn dry_run(team: &[(u8, u32)]) -> DryRun {
        let member = |(byte, percent): &(u8, u32)| Member {
            account: account(*byte),
            part: percent * 10_000_000,
        };
        let call = RegisterModel {
            kind: Kind::FineTune,
            origins: vec![Static(Origin::FineTunedFrom(3))],
            weights_hash: H256::zero(),
            recipe_hash: H256::zero(),
            terms: H256::zero(),
            royalties_at_most: 0,
            team: team.iter().map(member).collect(),
            metadata: b"text".to_vec(),
        };
        DryRun::new(account(9), call)
    }

    fn answer(progress: GrantProgress) -> Answer {
        let royalty = Royalty {
            payee: Payee::Model(3),
            rate: Perbill::from_percent(10),
            ceiling: None,
        };
        let grant = GrantQuote {
            asset: Asset::Model(3),
            generation: Generation::First,
            approval: true,
            fee: 5_000_000_000_000,
            progress,
        };
        let term = Term::Grant(Generation::First);
        let refusal = Refusal::through(0, Asset::Model(3), term);
        Answer {
            quote: ModelQuote {
                royalties: RoyaltyStack::truncate_from(vec![royalty]),
                grants: vec![grant],
            },
            refusal: Some(refusal).filter(|_| progress != GrantProgress::Granted),
            free: 7_000_000_000_000,
        }
    }

    #[test]
    fn each_kind_asks_for_the_origins_that_make_it_one() {
        let pool = |datanet, round| Origin::TrainedOn(Pool { datanet, round });
        let fine_tuned = Origin::FineTunedFrom;
        let distilled = Origin::DistilledFrom;
        let merged = Origin::MergedFrom;
        let quantized = Origin::QuantizedFrom;
        let all = |number: fn(u32) -> Origin, count| (0..count).map(number).collect::<Vec<_>>();
        let cases = [
            (Kind::Base, vec![pool(0, 1)], None),
            (Kind::Base, vec![distilled(0)], Some("OriginNotAllowed")),
            (Kind::FineTune, vec![fine_tuned(0), distilled(1)], None),
            (Kind::FineTune, vec![distilled(1)], Some("OriginMissing")),
            (Kind::Merge, vec![merged(0)], Some("OriginMissing")),
            (Kind::Merge, vec![merged(0), merged(1)], None),
            (Kind::Quantize, all(quantized, 2), Some("TooManySources")),
            (Kind::Adapter, vec![], Some("OriginMissing")),
            (Kind::Distill, vec![distilled(0)], None),
            (Kind::Distill, all(distilled, 17), Some("TooManyParents")),
            (
                Kind::Base,
                vec![pool(0, 1), pool(0, 2)],
                Some("DuplicateOrigin"),
            ),
        ];
        for (kind, origins, flaw) in cases {
            assert_eq!(origins_flaw(kind, &origins), flaw, "{kind:?} {origins:?}");
        }
        let pools: Vec<_> = (0..17).map(|datanet| pool(datanet, 1)).collect();
        assert_eq!(origins_flaw(Kind::Base, &pools), Some("TooManyRounds"));
    }

    #[test]
    fn parts_of_a_team_are_one_and_each_member_has_one() {
        assert_eq!(dry_run(&[]).team_flaw(), None);
        assert_eq!(dry_run(&[(1, 60), (2, 40)]).team_flaw(), None);
        let flaw = |team: &[(u8, u32)]| dry_run(team).team_flaw();
        assert_eq!(flaw(&[(1, 60), (2, 30)]), Some("PartsNotOne"));
        assert_eq!(flaw(&[(1, 60), (1, 40)]), Some("DuplicateMember"));
        assert_eq!(flaw(&[(1, 100), (2, 0)]), Some("EmptyPart"));
        let many: Vec<_> = (0..17).map(|byte| (byte, 5)).collect();
        assert_eq!(flaw(&many), Some("TooManyMembers"));
    }

    #[test]
    fn without_a_team_the_owner_would_have_the_rest_alone() {
        let team = dry_run(&[]).call.team;
        let alone = Member {
            account: account(9),
            part: 1_000_000_000,
        };
        assert_eq!(team, [alone]);
    }

    #[test]
    fn what_it_would_owe_and_need_is_told_and_what_is_missing_refuses_it() {
        let output = dry_run(&[])
            .output(&answer(GrantProgress::Missing))
            .unwrap();
        let text = output.text(&BTreeMap::new());
        for part in [
            "fine-tuned from model 3",
            "10%",
            "5 TRIB",
            "7 TRIB",
            "Missing",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert!(!text.contains("Nothing stands against it"), "{text}");
        let refused = output.outcome().unwrap_err();
        assert_eq!(failure::exit_code(&refused), 1);
        assert!(
            refused.to_string().contains("What to do: acquire one"),
            "{refused}"
        );
    }

    #[test]
    fn with_all_grants_nothing_stands_against_it_and_their_fees_are_paid() {
        let output = dry_run(&[])
            .output(&answer(GrantProgress::Granted))
            .unwrap();
        let json: Value = serde_json::from_str(&output.json_text()).unwrap();
        assert_eq!(json["fees_of_missing_grants"], "0");
        assert_eq!(json["royalties_at_most"], "10%");
        assert!(output.outcome().is_ok());
    }

    #[test]
    fn the_chain_has_each_error_that_it_is_refused_with() {
        let own = include_str!("dry_run.rs");
        let (checks, _) = own.split_once("mod tests").unwrap();
        let errors = include_str!("../../../../pallets/models/src/errors.rs");
        let named: Vec<_> = checks
            .split("ome(\"")
            .skip(1)
            .filter_map(|rest| rest.split_once('"'))
            .map(|(name, _)| name)
            .collect();
        assert!(named.len() > 10, "{named:?}");
        for name in named {
            assert!(errors.contains(&format!("\n        {name},\n")), "{name}");
        }
    }
}
