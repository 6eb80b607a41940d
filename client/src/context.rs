//! What every command needs: a connection, a key, a place on disk.

use std::path::PathBuf;

use anyhow::Result;
use subxt::utils::AccountId32;
use subxt_signer::sr25519::Keypair;

use crate::{
    cache::Cache,
    chain::{Chain, Wait},
    failure::{misuse, Misuse},
    keys::{self, KeySource},
    state::StateDirectory,
};

/// What was said before the command.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The node.
    pub(crate) url: String,
    /// Whether an unencrypted connection to another machine is accepted.
    pub(crate) insecure: bool,
    /// When an extrinsic counts as done.
    pub(crate) wait: Wait,
    /// Who signs.
    pub(crate) key: Option<KeySource>,
    /// Where keys and state lie.
    pub(crate) root: PathBuf,
    /// Records that were fetched before.
    pub(crate) cache: Cache,
}

impl Context {
    /// A connection to the node.
    pub(crate) async fn connect(&self) -> Result<Chain> {
        let cache = self.cache.clone();
        Chain::connect(&self.url, self.insecure, self.wait, cache).await
    }

    /// A connection to the node, and the key that signs.
    pub(crate) async fn connect_to_sign(&self) -> Result<(Chain, Keypair)> {
        let Some(source) = &self.key else {
            misuse!("this command signs an extrinsic: say who with --key NAME, or --dev NAME for a development account");
        };
        let key = source.load(&self.key_directory())?;
        let chain = self.connect().await?;
        if matches!(source, KeySource::Development(_)) {
            chain.refuse_on_live_chains().await?;
        }
        Ok((chain, key))
    }

    /// The account that signs, where a command speaks of it without signing.
    pub(crate) fn own_account(&self) -> Result<Option<AccountId32>> {
        let key = self
            .key
            .as_ref()
            .map(|source| source.load(&self.key_directory()))
            .transpose()?;
        Ok(key.as_ref().map(keys::account))
    }

    /// The account that is named, or else the one that signs.
    pub(crate) fn account_or_own(&self, named: Option<&AccountName>) -> Result<AccountId32> {
        if let Some(named) = named {
            return self.account(named);
        }
        let own = self.own_account()?;
        own.ok_or_else(|| {
            Misuse("name an account, or say whose key you have with --key or --dev".into()).into()
        })
    }

    /// The account that a name stands for.
    pub(crate) fn account(&self, name: &AccountName) -> Result<AccountId32> {
        match name {
            AccountName::Address(account) => Ok(*account),
            AccountName::Development(name) => keys::development(name)
                .as_ref()
                .map(keys::account)
                .map_err(|error| Misuse(error.to_string()).into()),
            AccountName::Key(name) => KeySource::Named(name.clone())
                .load(&self.key_directory())
                .as_ref()
                .map(keys::account)
                .map_err(|_| {
                    Misuse(format!(
                        "`{name}` is neither an address, nor dev:NAME, nor a key of yours"
                    ))
                    .into()
                }),
        }
    }

    /// Where named keys lie.
    pub(crate) fn key_directory(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// Where the state of a chain lies.
    pub(crate) fn state(&self, chain: &Chain) -> StateDirectory {
        StateDirectory::new(&self.root, chain.genesis())
    }
}

/// An account as people name it: an address, `dev:alice`, or the name of a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum AccountName {
    /// An address.
    Address(AccountId32),
    /// A development account.
    Development(String),
    /// A key in the key directory.
    Key(String),
}

impl std::str::FromStr for AccountName {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match (text.parse(), text.strip_prefix("dev:")) {
            (Ok(account), _) => Self::Address(account),
            (_, Some(name)) => Self::Development(name.to_owned()),
            _ => Self::Key(text.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_named_by_address_development_name_or_key() {
        let alice = keys::account(&keys::development("alice").unwrap());
        assert_eq!(alice.to_string().parse(), Ok(AccountName::Address(alice)));
        assert_eq!(
            "dev:alice".parse(),
            Ok(AccountName::Development("alice".into()))
        );
        assert_eq!("alice".parse(), Ok(AccountName::Key("alice".into())));
    }
}
