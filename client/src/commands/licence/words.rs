//! Terms, uses and refusals in words.

use serde_json::json;
use subxt::utils::H256;
use tributary_primitives::licences::{Gate, LicenceTerms, Refusal, Term, Use, Uses};

use crate::{
    asset::asset_text,
    failure,
    money::{Amount, Part},
    output::{hex, Output},
};

/// Reads a use.
pub(super) fn parse_use(text: &str) -> Result<Use, String> {
    let found = Use::ALL.into_iter().find(|one| use_text(*one) == text);
    found.ok_or_else(|| format!("`{text}` is not a use: {}", uses_text(Uses::ALL)))
}

/// A use as people write it.
pub(super) fn use_text(one: Use) -> &'static str {
    match one {
        Use::Train => "train",
        Use::FineTune => "fine-tune",
        Use::Modify => "modify",
        Use::Distil => "distil",
        Use::Retrieve => "retrieve",
        Use::Evaluate => "evaluate",
        Use::Infer => "infer",
        Use::Redistribute => "redistribute",
    }
}

pub(super) fn uses_text(uses: Uses) -> String {
    let list: Vec<_> = uses.iter().map(use_text).collect();
    if list.is_empty() {
        "nothing".to_owned()
    } else {
        list.join(", ")
    }
}

/// Terms for people and programs.
pub(super) fn describe(id: H256, terms: &LicenceTerms) -> Output {
    let gate = |gate: Option<Gate>| match gate {
        None => "not asked for",
        Some(Gate::First) => "of direct descendants",
        Some(Gate::Every) => "of descendants of every generation",
    };
    let none = || "none".to_owned();
    let royalty = terms.royalty.map_or_else(none, |royalty| {
        let ceiling = royalty.ceiling.map_or_else(String::new, |ceiling| {
            format!(", at most {}", Amount(ceiling))
        });
        format!("{}{ceiling}", Part(royalty.rate.deconstruct()))
    });
    let fee = terms.fee.map_or_else(none, |fee| {
        format!("{} {}", Amount(fee.amount), gate(Some(fee.gate)))
    });
    let text = &terms.text;
    Output::new(json!({ "terms_hash": hex(id), "terms": terms })).fields([
        ("terms", hex(id)),
        ("uses", uses_text(terms.direct)),
        ("uses of descendants", uses_text(terms.onward)),
        (
            "commercial",
            if terms.commercial { "yes" } else { "no" }.to_owned(),
        ),
        (
            "share-alike",
            terms.share_alike.map_or_else(
                || "no".to_owned(),
                |family| format!("family {}", hex(family)),
            ),
        ),
        (
            "attribution",
            if terms.attribution {
                "required"
            } else {
                "not required"
            }
            .to_owned(),
        ),
        ("approval", gate(terms.approval).to_owned()),
        ("upfront fee", fee),
        ("royalty", royalty),
        (
            "quota",
            terms
                .quota
                .map_or_else(none, |quota| format!("{quota} units")),
        ),
        (
            "expires",
            terms
                .expires
                .map_or_else(|| "never".to_owned(), |block| format!("in block {block}")),
        ),
        ("text", String::from_utf8_lossy(&text.uri).into_owned()),
        ("hash of the text", hex(text.hash)),
        ("SPDX", String::from_utf8_lossy(&text.spdx).into_owned()),
    ])
}

/// Which term of which asset stands against something, in a sentence.
pub(crate) fn refusal_text(refusal: &Refusal) -> String {
    let whose = refusal
        .asset
        .map_or_else(|| "the model's own terms".to_owned(), asset_text);
    let what = match refusal.term {
        Term::NotPublished => "are not published".to_owned(),
        Term::NotFound => "does not exist".to_owned(),
        Term::Retired => "is retired".to_owned(),
        Term::Expired => "allows nothing any more: its terms have expired".to_owned(),
        Term::Stale => "does not yet say what its sources say".to_owned(),
        Term::Direct(one) => format!("does not allow the use `{}`", use_text(one)),
        Term::Onward(uses) => format!(
            "does not hand on these uses, which the model's terms allow: {}",
            uses_text(uses)
        ),
        Term::Commercial => "is not commercial, and the model's terms are".to_owned(),
        Term::ShareAlike => {
            "is share-alike, and the model's terms are not of its family".to_owned()
        }
        Term::FamilyConflict => {
            "is share-alike of another family than a source before it".to_owned()
        }
        Term::Gates => "is one more ancestor to ask than can be".to_owned(),
        Term::Grant(_) => "has given no grant".to_owned(),
        Term::Stack => "asks for one more royalty than can be owed".to_owned(),
        Term::Royalties => "brings the royalties above 60 %".to_owned(),
        Term::Repeated => "is named twice".to_owned(),
        Term::TooManyOrigins => "is one more source than can be".to_owned(),
        Term::EndsEarlier => "ends earlier than the model".to_owned(),
        Term::AsksDescendants => "asks all descendants, who were not told".to_owned(),
    };
    format!("{whose} {what}")
}

/// A call that a licence stands against, before anybody has signed it: an extrinsic's error says less.
pub(crate) fn refused_call(call: &str, refusal: &Refusal) -> failure::Refusal {
    let term = refusal.term;
    failure::Refusal {
        call: call.to_owned(),
        error: format!("licence term {term:?}"),
        doc: format!(
            "By its licence: {}.\n{}",
            refusal_text(refusal),
            advice(Some(term.meaning()), term.remedy())
        ),
    }
}

/// What a refusal means, where that is more than what it says, and what to do about it.
pub(super) fn advice(meaning: Option<&str>, remedy: &str) -> String {
    let meaning = meaning.map(|meaning| format!("It means: {meaning}.\n"));
    format!("{}What to do: {remedy}.", meaning.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tributary_primitives::assets::Asset;

    #[test]
    fn uses_are_read_as_they_are_written() {
        assert_eq!(parse_use("fine-tune"), Ok(Use::FineTune));
        assert!(parse_use("Train").is_err());
        assert_eq!(
            uses_text(Uses::of(&[Use::Infer, Use::Train])),
            "train, infer"
        );
        assert_eq!(uses_text(Uses::NONE), "nothing");
    }

    #[test]
    fn a_refusal_names_the_asset_and_the_term() {
        let refusal = Refusal::through(0, Asset::Datanet(3), Term::Direct(Use::Train));
        assert_eq!(
            refusal_text(&refusal),
            "datanet 3 does not allow the use `train`"
        );
    }

    #[test]
    fn a_refused_call_says_what_the_term_means_and_what_to_do() {
        let refusal = Refusal::through(0, Asset::Model(3), Term::Commercial);
        let refused = refused_call("Models.register", &refusal);
        assert_eq!(
            refused.to_string().lines().collect::<Vec<_>>(),
            [
                "Models.register was refused: licence term Commercial",
                "  By its licence: model 3 is not commercial, and the model's terms are.",
                "  It means: the model's own terms are commercial, the asset or an ancestor of it is not.",
                "  What to do: attach terms that are not commercial.",
            ]
        );
    }
}
