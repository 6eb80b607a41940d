//! `tributary licence publish`: terms out of a preset or a file, and options.

use std::{fs, path::PathBuf};

use anyhow::Result;
use clap::Args;
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use subxt::utils::{Static, H256};
use tributary_primitives::{
    licences::{
        presets::{commercial_with_royalty, named, NAMES},
        Gate, LegalText, LicenceTerms, RoyaltyTerms, UpfrontFee, Use, Uses,
    },
    Perbill,
};

use super::{find_terms, words::parse_use};
use crate::{
    chain::calls::PublishTerms,
    commands::{hash_of, parse_hash},
    context::Context,
    failure::{misuse, Misuse},
    money::{Amount, Part},
    output::{hex, Output},
};

/// Name of the preset for commercial use against a royalty. It has no text of its own.
pub(super) const COMMERCIAL: &str = "commercial";

/// `tributary licence publish`
#[derive(Args, Debug)]
pub(crate) struct Publish {
    /// A preset (see `licence presets`).
    #[arg(long, conflicts_with = "file", required_unless_present = "file")]
    preset: Option<String>,
    /// Terms as JSON: what `licence show --json` prints, or its `terms` alone.
    #[arg(long)]
    file: Option<PathBuf>,
    /// What descendants owe of what they earn.
    #[arg(long, value_name = "PERCENT")]
    royalty: Option<Part>,
    /// The most that a descendant ever pays in royalties.
    #[arg(long, requires = "royalty", value_name = "AMOUNT")]
    ceiling: Option<Amount>,
    /// What is paid before a descendant is registered.
    #[arg(long, value_name = "AMOUNT")]
    fee: Option<Amount>,
    /// Descendants of every generation pay the fee, not only direct ones.
    #[arg(long, requires = "fee")]
    fee_every: bool,
    /// Direct descendants need the owner's approval.
    #[arg(long)]
    approval: bool,
    /// Descendants of every generation need it.
    #[arg(long)]
    approval_every: bool,
    /// What may be done with the asset: train, fine-tune, modify, distil, retrieve, evaluate, infer, redistribute.
    #[arg(long, value_delimiter = ',', value_parser = parse_use, value_name = "USES")]
    direct: Option<Vec<Use>>,
    /// What may be done with its descendants.
    #[arg(long, value_delimiter = ',', value_parser = parse_use, value_name = "USES")]
    onward: Option<Vec<Use>>,
    /// Not to be used for gain.
    #[arg(long)]
    non_commercial: bool,
    /// The most units of calls that the asset may ever answer.
    #[arg(long)]
    quota: Option<u64>,
    /// The first block at which nothing is allowed any more.
    #[arg(long, value_name = "BLOCK")]
    expires: Option<u32>,
    /// Where the legal text can be read.
    #[arg(long, value_name = "URI")]
    text_uri: Option<String>,
    /// The legal text, which is hashed.
    #[arg(long, requires = "text_uri", value_name = "FILE")]
    text: Option<PathBuf>,
    /// BLAKE2b hash of the legal text (32 bytes).
    #[arg(long, requires = "text_uri", conflicts_with = "text", value_name = "HASH", value_parser = parse_hash)]
    text_hash: Option<H256>,
    /// SPDX identifier of the legal text.
    #[arg(long, requires = "text_uri", default_value = "")]
    spdx: String,
}

impl Publish {
    pub(super) async fn run(self, context: &Context) -> Result<Output> {
        let terms = self.terms()?;
        if let Err(flaw) = terms.check() {
            misuse!("such terms cannot be published: {flaw:?} is out of bounds");
        }
        let id = terms.id();
        let (chain, key) = context.connect_to_sign().await?;
        let json = json!({ "terms": hex(id) });
        // Terms never change: whoever published them first, these are they.
        let newest = chain.newest().await?;
        if find_terms(&newest, id).await?.is_some() {
            return Ok(Output::new(json).line(format!("Published before.\nterms  {}", hex(id))));
        }
        let included = chain
            .submit(
                &key,
                PublishTerms {
                    terms: Static(terms),
                },
            )
            .await?;
        let mut json = included.json()?;
        json["terms"] = hex(id).into();
        Ok(Output::new(json).line(format!(
            "Published {}.\nterms  {}",
            included.place(),
            hex(id)
        )))
    }

    /// The terms that the options come to.
    fn terms(&self) -> Result<LicenceTerms> {
        let text = self.legal_text()?;
        let royalty = self.royalty.map(|rate| RoyaltyTerms {
            rate: Perbill::from_parts(rate.0),
            ceiling: self.ceiling.map(|ceiling| ceiling.0),
        });
        let mut terms = match (&self.preset, &self.file) {
            (Some(preset), _) if preset == COMMERCIAL => match (royalty, text.clone()) {
                (Some(royalty), Some(text)) => commercial_with_royalty(royalty.rate, royalty.ceiling, text),
                _ => misuse!("the preset `{COMMERCIAL}` needs --royalty, and a text of your own by --text-uri"),
            },
            (Some(preset), _) => match named(preset) {
                Some(terms) => terms,
                None => misuse!("there is no preset `{preset}`: choose one of {}, {COMMERCIAL}", NAMES.join(", ")),
            },
            (None, Some(file)) => {
                let json = fs::read(file).map_err(|error| Misuse(format!("cannot read {}: {error}", file.display())))?;
                read_terms(&json).map_err(|error| {
                    Misuse(format!("{} has no terms as `licence show --json` prints them: {error}", file.display()))
                })?
            }
            (None, None) => misuse!("say --preset or --file"),
        };
        let gate = |every| if every { Gate::Every } else { Gate::First };
        terms.royalty = royalty.or(terms.royalty);
        if let Some(fee) = self.fee {
            terms.fee = Some(UpfrontFee {
                amount: fee.0,
                gate: gate(self.fee_every),
            });
        }
        if self.approval || self.approval_every {
            terms.approval = Some(gate(self.approval_every));
        }
        if let Some(uses) = &self.direct {
            terms.direct = Uses::of(uses);
        }
        if let Some(uses) = &self.onward {
            terms.onward = Uses::of(uses);
        }
        if self.non_commercial {
            terms.commercial = false;
        }
        terms.quota = self.quota.or(terms.quota);
        terms.expires = self.expires.or(terms.expires);
        if let Some(text) = text {
            terms.text = text;
        }
        Ok(terms)
    }

    fn legal_text(&self) -> Result<Option<LegalText>> {
        let Some(uri) = &self.text_uri else {
            return Ok(None);
        };
        let hash = match (&self.text, self.text_hash) {
            (Some(file), _) => hash_of(file)?,
            (None, Some(hash)) => hash,
            (None, None) => misuse!("say which text is at {uri}: --text FILE or --text-hash HASH"),
        };
        match LegalText::new(uri, hash, &self.spdx) {
            Some(text) => Ok(Some(text)),
            None => misuse!("the address of the text or its SPDX identifier is too long"),
        }
    }
}

/// Terms within what `licence show --json` prints, kept as they are written: amounts may have more than 64 bits.
#[derive(Deserialize)]
struct Shown<'a> {
    #[serde(borrow)]
    terms: &'a RawValue,
}

/// Reads terms that stand alone or within what `licence show --json` prints.
fn read_terms(json: &[u8]) -> serde_json::Result<LicenceTerms> {
    match serde_json::from_slice(json) {
        Ok(Shown { terms }) => serde_json::from_str(terms.get()),
        Err(_) => serde_json::from_slice(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::licence::words::describe;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        publish: Publish,
    }

    fn terms(arguments: &[&str]) -> Result<LicenceTerms> {
        Line::try_parse_from([&["publish"], arguments].concat())?
            .publish
            .terms()
    }

    #[test]
    fn options_change_a_preset() {
        let terms = terms(&[
            "--preset",
            "CC-BY-4.0",
            "--royalty",
            "5%",
            "--fee",
            "2",
            "--fee-every",
            "--approval",
        ])
        .unwrap();
        assert_eq!(
            terms.royalty,
            Some(RoyaltyTerms {
                rate: Perbill::from_percent(5),
                ceiling: None
            })
        );
        assert_eq!(
            terms.fee,
            Some(UpfrontFee {
                amount: 2_000_000_000_000,
                gate: Gate::Every
            })
        );
        assert_eq!(terms.approval, Some(Gate::First));
        assert_eq!(terms.text, named("CC-BY-4.0").unwrap().text);
    }

    #[test]
    fn every_preset_is_published_by_its_name_and_other_names_are_told_which_there_are() {
        for name in NAMES {
            assert_eq!(terms(&["--preset", name]).ok(), named(name));
        }
        let error = terms(&["--preset", "Llama"]).unwrap_err().to_string();
        assert!(error.contains("Llama-3.1-Community"), "{error}");
    }

    #[test]
    fn commercial_terms_need_a_royalty_and_a_text() {
        assert!(terms(&["--preset", COMMERCIAL]).is_err());
        assert!(terms(&["--preset", COMMERCIAL, "--royalty", "5%"]).is_err());
        let hash = hex(H256::repeat_byte(1));
        let text = [
            "--text-uri",
            "https://example.org/terms",
            "--text-hash",
            &hash,
        ];
        let terms =
            terms(&[&["--preset", COMMERCIAL, "--royalty", "5%"][..], &text].concat()).unwrap();
        assert!(terms.check().is_ok());
        assert!(!terms.direct.contains(Use::Redistribute));
    }

    #[test]
    fn what_show_prints_is_read_again_with_or_without_what_is_around_the_terms() {
        let mut shown = named("CC-BY-4.0").unwrap();
        shown.royalty = Some(RoyaltyTerms {
            rate: Perbill::from_percent(5),
            ceiling: Some(7),
        });
        let whole = describe(shown.id(), &shown).json_text();
        let alone = serde_json::to_string(&shown).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for (name, json) in [("whole", whole), ("alone", alone)] {
            let path = folder.path().join(name);
            fs::write(&path, json).unwrap();
            assert_eq!(terms(&["--file", path.to_str().unwrap()]).unwrap(), shown);
        }
    }

    #[test]
    fn a_file_without_terms_is_refused_by_its_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "{}").unwrap();
        let error = terms(&["--file", file.path().to_str().unwrap()]).unwrap_err();
        let name = file.path().display().to_string();
        assert!(error.to_string().contains(&name), "{error}");
    }

    #[test]
    fn uses_are_listed_by_name() {
        let terms = terms(&[
            "--preset",
            "MIT",
            "--direct",
            "train,infer",
            "--onward",
            "infer",
        ])
        .unwrap();
        assert_eq!(terms.direct, Uses::of(&[Use::Train, Use::Infer]));
        assert_eq!(terms.onward, Uses::of(&[Use::Infer]));
    }
}
