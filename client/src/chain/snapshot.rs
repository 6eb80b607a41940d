//! The state of one block: storage and view functions.
//!
//! What depends on the types of keys and values is kept apart from what waits for the node, which is compiled once.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use codec::{Decode, Encode};
use futures::TryStreamExt;
use subxt::{
    backend::{Backend, LegacyBackend, StorageResponse},
    client::OnlineClientAtBlock,
    error::StorageError,
    ext::{
        frame_decode::{
            storage::{
                decode_storage_key_values, decode_storage_key_with_info,
                decode_storage_value_with_info, encode_storage_key_with_info, IntoDecodableValues,
                IntoEncodableValues, StorageInfo, StorageTypeInfo,
            },
            view_functions::{decode_view_function_response, encode_view_function_inputs},
        },
        scale_decode::DecodeAsType,
    },
};

use super::Config;

/// Bytes of a view function's identifier.
const VIEW_FUNCTION_ID: usize = 32;

/// The state of one block.
#[derive(Clone)]
pub(crate) struct Snapshot {
    pub(super) at: OnlineClientAtBlock<Config>,
    backend: Arc<LegacyBackend<Config>>,
}

impl Snapshot {
    pub(super) fn new(
        at: OnlineClientAtBlock<Config>,
        backend: Arc<LegacyBackend<Config>>,
    ) -> Self {
        Self { at, backend }
    }

    /// Number of the block.
    pub(crate) fn number(&self) -> u64 {
        self.at.block_number()
    }

    /// A value in storage, or its default if it has one.
    pub(crate) async fn get<K, V>(&self, pallet: &str, entry: &str, key: K) -> Result<Option<V>>
    where
        K: IntoEncodableValues,
        V: DecodeAsType,
    {
        let what = || self.reading(pallet, entry);
        let info = self.info(pallet, entry)?;
        let key = self.key(pallet, entry, &info, key)?;
        let stored = self.bytes(key).await.with_context(what)?;
        let bytes = stored.or_else(|| info.default_value.as_ref().map(|default| default.to_vec()));
        bytes
            .map(|bytes| self.value(&info, &bytes))
            .transpose()
            .with_context(what)
    }

    /// Everything below a prefix of a map's keys, with the keys.
    pub(crate) async fn entries<K, V, P>(
        &self,
        pallet: &str,
        entry: &str,
        prefix: P,
    ) -> Result<Vec<(K, V)>>
    where
        K: IntoDecodableValues,
        V: DecodeAsType,
        P: IntoEncodableValues,
    {
        let what = || self.reading(pallet, entry);
        let info = self.info(pallet, entry)?;
        let prefix = self.key(pallet, entry, &info, prefix)?;
        let types = self.at.metadata_ref().types();
        let mut entries = Vec::new();
        for StorageResponse { key, value } in self.below(prefix).await.with_context(what)? {
            let parts =
                decode_storage_key_with_info(&mut &key[..], &info, types).with_context(what)?;
            let key = decode_storage_key_values(&key, &parts, types).with_context(what)?;
            entries.push((key, self.value(&info, &value).with_context(what)?));
        }
        Ok(entries)
    }

    /// A constant of a pallet.
    pub(crate) fn constant<V: Decode>(&self, pallet: &str, name: &str) -> Result<V> {
        let what = || format!("reading the constant {pallet}.{name}");
        let found = self.at.metadata_ref().pallet_by_name(pallet);
        let found = found.and_then(|pallet| pallet.constant_by_name(name));
        let constant = found.with_context(what)?;
        V::decode(&mut constant.value()).with_context(what)
    }

    /// What a pallet's view function answers.
    pub(crate) async fn view<A, V>(&self, pallet: &str, function: &str, arguments: A) -> Result<V>
    where
        A: IntoEncodableValues,
        V: DecodeAsType,
    {
        let what = || format!("asking {pallet}.{function} in block {}", self.number());
        let metadata = self.at.metadata_ref();
        let types = metadata.types();
        let input = encode_view_function_inputs(pallet, function, arguments, metadata, types)
            .with_context(what)?;
        let answer = self.ask(&input).await.with_context(what)?;
        let visitor = V::into_visitor();
        decode_view_function_response(pallet, function, &mut &answer[..], metadata, types, visitor)
            .with_context(what)
    }

    /// Calls a view function with its identifier and its arguments, one after the other.
    ///
    /// The runtime takes the arguments as bytes, and answers with bytes or an error (frame-support, `view_functions::runtime_api`): both
    /// have a length before them, which the library leaves out.
    async fn ask(&self, input: &[u8]) -> Result<Vec<u8>> {
        let (identifier, arguments) = input.split_at(VIEW_FUNCTION_ID);
        let input = [identifier, &arguments.encode()].concat();
        let answer = self.at.view_functions().call_raw(Some(&input)).await?;
        match answer.split_first() {
            Some((0, mut bytes)) => Ok(Vec::decode(&mut bytes)?),
            _ => anyhow::bail!("the runtime does not know it in this form"),
        }
    }

    fn reading(&self, pallet: &str, entry: &str) -> String {
        format!("reading {pallet}.{entry} in block {}", self.number())
    }

    /// How an entry of storage is laid out.
    fn info(&self, pallet: &str, entry: &str) -> Result<StorageInfo<'_, u32>> {
        let info = self.at.metadata_ref().storage_info(pallet, entry);
        info.map_err(|error| error.into_owned())
            .with_context(|| self.reading(pallet, entry))
    }

    /// The key of a value, or the prefix of some.
    fn key<K: IntoEncodableValues>(
        &self,
        pallet: &str,
        entry: &str,
        info: &StorageInfo<'_, u32>,
        key: K,
    ) -> Result<Vec<u8>> {
        encode_storage_key_with_info(pallet, entry, key, info, self.at.metadata_ref().types())
            .with_context(|| self.reading(pallet, entry))
    }

    fn value<V: DecodeAsType>(&self, info: &StorageInfo<'_, u32>, mut bytes: &[u8]) -> Result<V> {
        let types = self.at.metadata_ref().types();
        Ok(decode_storage_value_with_info(
            &mut bytes,
            info,
            types,
            V::into_visitor(),
        )?)
    }

    async fn bytes(&self, key: Vec<u8>) -> Result<Option<Vec<u8>>> {
        match self.at.storage().fetch_raw(key).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StorageError::NoValueFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn below(&self, prefix: Vec<u8>) -> Result<Vec<StorageResponse>> {
        let stream = self
            .backend
            .storage_fetch_descendant_values(prefix, self.at.block_hash())
            .await?;
        Ok(stream.try_collect().await?)
    }
}
