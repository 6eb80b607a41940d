//! Sending extrinsics, and what became of them.

use anyhow::{anyhow, Context as _, Result};
use serde_json::{json, Value};
use subxt::{
    config::DefaultExtrinsicParamsBuilder,
    dynamic,
    error::{
        ArithmeticError, BackendError, DispatchError, ExtrinsicError, RpcError,
        TransactionEventsError,
    },
    ext::{
        scale_decode::DecodeAsType,
        scale_encode::{self, EncodeAsFields, Field, FieldIter},
        scale_type_resolver::TypeResolver,
    },
    extrinsics::ExtrinsicEvents,
    transactions::{DynamicPayload, TransactionStatus},
    utils::H256,
};
use subxt_signer::sr25519::Keypair;

use super::{
    calls::{Call, Event},
    decode::{Json, JsonFields},
    Chain, Config, Snapshot, Wait,
};
use crate::{failure::Refusal, keys, output::hex, progress};

/// Blocks within which an extrinsic must be included, or never will be.
const LIFETIME: u64 = 64;

/// An extrinsic that a block has, and that succeeded.
pub(crate) struct Included {
    /// Number of the block.
    pub(crate) block: u64,
    /// Hash of the block.
    pub(crate) block_hash: H256,
    events: ExtrinsicEvents<Config>,
}

impl Included {
    /// The events of a kind.
    pub(crate) fn all<E: Event>(&self) -> Result<Vec<E>> {
        let mut found = Vec::new();
        for event in self.events.iter() {
            let event = event.context("reading the events of an extrinsic")?;
            if event.pallet_name() == E::PALLET && event.event_name() == E::NAME {
                let event = event
                    .decode_fields_unchecked_as::<E>()
                    .with_context(|| format!("reading the event {}.{}", E::PALLET, E::NAME))?;
                found.push(event);
            }
        }
        Ok(found)
    }

    /// The first event of a kind that a successful extrinsic must have.
    pub(crate) fn expect<E: Event>(&self) -> Result<E> {
        let first = self.all()?.into_iter().next();
        first.ok_or_else(|| anyhow!("the extrinsic left no event {}.{}", E::PALLET, E::NAME))
    }

    /// Where it is and what it did, for programs. Events of fees are left out.
    pub(crate) fn json(&self) -> Result<Value> {
        let mut events = Vec::new();
        for event in self.events.iter() {
            let event = event.context("reading the events of an extrinsic")?;
            let (pallet, name) = (event.pallet_name(), event.event_name());
            if matches!(pallet, "System" | "TransactionPayment") {
                continue;
            }
            let JsonFields(fields) = event
                .decode_fields_unchecked_as()
                .with_context(|| format!("reading the event {pallet}.{name}"))?;
            events.push(json!({ "pallet": pallet, "event": name, "fields": fields }));
        }
        Ok(json!({
            "block": self.block,
            "block_hash": hex(self.block_hash),
            "extrinsic_hash": hex(self.events.extrinsic_hash()),
            "extrinsic_index": self.events.extrinsic_index(),
            "events": events,
        }))
    }

    /// Where it is, for people.
    pub(crate) fn place(&self) -> String {
        format!("in block {} ({})", self.block, hex(self.block_hash))
    }
}

impl Chain {
    /// Signs a call, sends it, and waits until it counts as done.
    ///
    /// A call that the chain refuses, in its pool or in a block, is a [`Refusal`].
    pub(crate) async fn submit<C: Call>(&self, key: &Keypair, call: C) -> Result<Included> {
        let at = self.finalized().await?;
        let arguments = encode(&at, call)?;
        self.send(key, dynamic::tx(C::PALLET, C::NAME, arguments))
            .await
    }

    /// Signs a call whose arguments are encoded, sends it, and waits until it counts as done.
    async fn send(&self, key: &Keypair, payload: DynamicPayload<Encoded>) -> Result<Included> {
        let name = format!("{}.{}", payload.pallet_name(), payload.call_name());
        let spinner = progress::spinner(format!("{name}: sending"));
        let account = keys::account(key);
        let nonce = self.next_nonce(&account).await?;
        let parameters = DefaultExtrinsicParamsBuilder::<Config>::new()
            .nonce(nonce)
            .mortal(LIFETIME)
            .build();
        let mut transactions = self
            .client
            .transactions()
            .await
            .with_context(|| format!("preparing {name}"))?;
        let mut watched = transactions
            .sign_and_submit_then_watch(&payload, key, parameters)
            .await
            .map_err(|error| not_accepted(&name, error))?;
        loop {
            let status = watched
                .next()
                .await
                .with_context(|| format!("the node stopped telling about {name}"))?
                .with_context(|| format!("waiting for {name}"))?;
            let included = match status {
                TransactionStatus::Validated | TransactionStatus::Broadcasted => {
                    spinner.set_message(format!("{name}: waiting for a block"));
                    continue;
                }
                TransactionStatus::NoLongerInBestBlock => {
                    spinner.set_message(format!(
                        "{name}: its block was replaced, waiting for another"
                    ));
                    continue;
                }
                TransactionStatus::InBestBlock(included) if self.wait == Wait::Included => included,
                TransactionStatus::InBestBlock(_) => {
                    spinner.set_message(format!("{name}: waiting for finality"));
                    continue;
                }
                TransactionStatus::InFinalizedBlock(included) => included,
                TransactionStatus::Invalid { message } => {
                    return Err(Refusal {
                        call: name,
                        error: "no longer valid".into(),
                        doc: message,
                    }
                    .into())
                }
                TransactionStatus::Dropped { message } | TransactionStatus::Error { message } => {
                    return Err(anyhow!("the node dropped {name}: {message}"))
                }
            };
            let at = included
                .at()
                .await
                .with_context(|| format!("looking up the block of {name}"))?;
            let types = at.metadata_ref().types();
            let events = included
                .wait_for_success()
                .await
                .map_err(|error| match error {
                    TransactionEventsError::ExtrinsicFailed(error) => {
                        dispatch_refusal(&name, &error, types).into()
                    }
                    error => {
                        anyhow::Error::from(error).context(format!("reading what became of {name}"))
                    }
                })?;
            return Ok(Included {
                block: at.block_number(),
                block_hash: at.block_hash(),
                events,
            });
        }
    }
}

impl Snapshot {
    /// The refusal of a call by an error of its pallet, of which it is known beforehand that the chain would say so.
    pub(crate) fn refusal(&self, pallet: &str, call: &str, error: &str) -> Result<Refusal> {
        let found = self.at.metadata_ref().pallet_by_name(pallet);
        let errors = found.and_then(|pallet| pallet.error_variants());
        let variant = errors
            .unwrap_or_default()
            .iter()
            .find(|variant| variant.name == error)
            .with_context(|| format!("the runtime has no error {pallet}::{error}"))?;
        Ok(Refusal {
            call: format!("{pallet}.{call}"),
            error: format!("{pallet}::{error}"),
            doc: prose(&variant.docs),
        })
    }

    /// What an error says that an event carries: its name, and what its documentation says if it is a pallet's.
    pub(crate) fn error_text(&self, error: &Value) -> String {
        let module = &error["Module"];
        let byte = |value: Option<u64>| value.and_then(|value| u8::try_from(value).ok());
        // Its first byte is the variant, in hexadecimal.
        let variant = module["error"]
            .as_str()
            .and_then(|bytes| u8::from_str_radix(bytes.get(2..4)?, 16).ok());
        let found = byte(module["index"].as_u64()).zip(variant);
        let metadata = self.at.metadata_ref();
        let details = found.and_then(|(pallet, variant)| {
            let pallet = metadata.pallet_by_error_index(pallet)?;
            Some((pallet, pallet.error_variant_by_index(variant)?))
        });
        match details {
            Some((pallet, variant)) => {
                let doc = prose(&variant.docs);
                format!("{}::{}: {doc}", pallet.name(), variant.name)
            }
            None => error
                .as_str()
                .map_or_else(|| error.to_string(), ToOwned::to_owned),
        }
    }
}

/// Arguments of a call, encoded.
struct Encoded(Vec<u8>);

impl EncodeAsFields for Encoded {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        _: &mut dyn FieldIter<'_, R::TypeId>,
        _: &R,
        out: &mut Vec<u8>,
    ) -> Result<(), scale_encode::Error> {
        out.extend(&self.0);
        Ok(())
    }
}

/// Encodes the arguments of a call by the names and types that the runtime gives them.
fn encode<C: Call>(state: &Snapshot, call: C) -> Result<Encoded> {
    let what = || {
        format!(
            "the runtime's call {}.{} is another than this program knows",
            C::PALLET,
            C::NAME
        )
    };
    let metadata = state.at.metadata_ref();
    let pallet = metadata.pallet_by_name(C::PALLET).with_context(what)?;
    let variant = pallet.call_variant_by_name(C::NAME).with_context(what)?;
    let mut fields = variant
        .fields
        .iter()
        .map(|field| Field::new(field.ty.id, field.name.as_deref()));
    Ok(Encoded(
        call.encode_as_fields(&mut fields, metadata.types())
            .with_context(what)?,
    ))
}

/// Why the node did not take an extrinsic into its pool.
fn not_accepted(call: &str, error: ExtrinsicError) -> anyhow::Error {
    if let ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
        subxt::rpcs::Error::User(error),
    ))) = &error
    {
        let detail = error
            .data
            .as_ref()
            .map(|data| data.get().trim_matches('"').to_owned());
        if let Some(refusal) = pool_refusal(call, error.code, &error.message, detail) {
            return refusal.into();
        }
    }
    anyhow::Error::from(error).context(format!("sending {call}"))
}

/// The refusals of a transaction pool: its codes are 1010 to 1019 (sc-rpc-api, `author::error`).
fn pool_refusal(call: &str, code: i32, message: &str, detail: Option<String>) -> Option<Refusal> {
    (1010..1020).contains(&code).then(|| Refusal {
        call: call.to_owned(),
        error: message.to_owned(),
        doc: detail.unwrap_or_default(),
    })
}

/// Why an extrinsic failed in its block.
fn dispatch_refusal<R: TypeResolver<TypeId = u32>>(
    call: &str,
    error: &DispatchError,
    types: &R,
) -> Refusal {
    if let DispatchError::Module(module) = error {
        if let Ok(details) = module.details() {
            let fields: Vec<_> = details
                .variant
                .fields
                .iter()
                .map(|field| (field.name.as_deref(), field.ty.id))
                .collect();
            // The first two bytes are the pallet and the variant.
            let fields = fields_text(&fields, &module.bytes()[2..], types);
            return Refusal {
                call: call.to_owned(),
                error: format!(
                    "{}::{}{fields}",
                    details.pallet.name(),
                    details.variant.name
                ),
                doc: prose(&details.variant.docs),
            };
        }
    }
    general_refusal(call, error)
}

/// The refusals that are of no pallet: each has a name and a sentence of its own.
fn general_refusal(call: &str, error: &DispatchError) -> Refusal {
    let doc = match error {
        // Balances says so where there is too little to take something from.
        DispatchError::Arithmetic(ArithmeticError::Underflow) => {
            "The account has less than the call takes.".to_owned()
        }
        error => error.to_string(),
    };
    Refusal {
        call: call.to_owned(),
        error: format!("{error:?}"),
        doc,
    }
}

/// What an error of a pallet carries, as ` (origin: 0)`; nothing if it carries nothing.
fn fields_text<R: TypeResolver<TypeId = u32>>(
    fields: &[(Option<&str>, u32)],
    mut bytes: &[u8],
    types: &R,
) -> String {
    let mut texts = Vec::new();
    for (name, type_id) in fields {
        let Ok(json) = Json::decode_as_type(&mut bytes, *type_id, types) else {
            break;
        };
        texts.push(format!("{}: {}", name.unwrap_or_default(), json.value));
    }
    if texts.is_empty() {
        String::new()
    } else {
        format!(" ({})", texts.join(", "))
    }
}

/// Documentation as it stands in metadata, a line for each line of the source, as one paragraph.
fn prose(docs: &[impl AsRef<str>]) -> String {
    let lines = docs
        .iter()
        .map(|line| line.as_ref().trim())
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt::error::TokenError;

    #[test]
    fn the_pool_s_refusals_are_told_from_other_rpc_errors() {
        let detail = Some("Inability to pay some fees (e.g. account balance too low)".to_owned());
        let refusal = pool_refusal("Datanets.commit", 1010, "Invalid Transaction", detail).unwrap();
        assert_eq!(
            refusal.to_string(),
            "Datanets.commit was refused: Invalid Transaction\n  Inability to pay some fees (e.g. account balance too low)"
        );
        assert_eq!(
            pool_refusal("Datanets.commit", -32603, "Internal error", None),
            None
        );
    }

    #[test]
    fn a_refusal_outside_of_pallets_has_its_sentence() {
        let error = DispatchError::Token(TokenError::FundsUnavailable);
        let refusal = general_refusal("Balances.transfer_keep_alive", &error);
        assert_eq!(refusal.error, "Token(FundsUnavailable)");
        assert_eq!(refusal.doc, "Token error: Funds are unavailable.");
    }

    #[test]
    fn documentation_becomes_one_paragraph() {
        assert_eq!(
            prose(&[
                " The round is in another phase.",
                "",
                " Look at `round show`."
            ]),
            "The round is in another phase. Look at `round show`."
        );
    }
}
