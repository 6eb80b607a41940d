//! Who signs. A secret never stands on the command line, where other users of the machine could read it.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context as _, Result};
use subxt::utils::AccountId32;
use subxt_signer::{bip39::Mnemonic, sr25519::Keypair, SecretUri, DEV_PHRASE};

use crate::{
    failure::misuse,
    state::{create_private, sync_directory},
};

/// Where a signing key comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum KeySource {
    /// A key of a name in the key directory.
    Named(String),
    /// A file with a secret phrase or seed.
    File(PathBuf),
    /// Typed in.
    Prompt,
    /// An account that everybody knows the secret of, for development.
    Development(String),
}

impl KeySource {
    /// What `--key` means: `-` asks, a path names a file, anything else a key in the key directory.
    pub(crate) fn parse(text: &str) -> Self {
        if text == "-" {
            Self::Prompt
        } else if text.contains('/') {
            Self::File(text.into())
        } else {
            Self::Named(text.into())
        }
    }

    /// Whether somebody wrote a phrase or a seed where a name is meant: it must not be repeated in an error.
    fn is_secret(&self) -> bool {
        let text = match self {
            Self::Named(name) => name.as_str(),
            Self::File(file) => file.to_str().unwrap_or_default(),
            Self::Prompt | Self::Development(_) => return false,
        };
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let seed = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        seed || text.split_whitespace().count() >= 12
    }

    /// The key itself.
    pub(crate) fn load(&self, directory: &Path) -> Result<Keypair> {
        if self.is_secret() {
            misuse!("a secret does not belong on the command line, where others can read it: write it to a file that only you can read, or say `--key -` and type it");
        }
        match self {
            Self::Named(name) => read(&path(directory, name)?),
            Self::File(file) => read(file),
            Self::Prompt => {
                let secret = rpassword::prompt_password("Secret phrase or seed: ")
                    .context("asking for a secret phrase")?;
                parse(&secret)
            }
            Self::Development(name) => development(name),
        }
    }
}

/// The account of a key.
pub(crate) fn account(key: &Keypair) -> AccountId32 {
    key.public_key().to_account_id()
}

/// The development account of a name: `alice` is `//Alice`, `alice/stash` is `//Alice//stash`.
pub(crate) fn development(name: &str) -> Result<Keypair> {
    let mut parts = name.split('/');
    let first = parts.next().unwrap_or_default();
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if !parts.clone().all(word) {
        misuse!("`{name}` is not the name of a development account: use letters and digits, as in `alice` or `alice/stash`");
    }
    let first = first.to_ascii_lowercase();
    if !DEVELOPMENT.contains(&first.as_str()) {
        misuse!(
            "there is no development account `{name}`: {}",
            DEVELOPMENT.join(", ")
        );
    }
    let capital = first[..1].to_ascii_uppercase() + &first[1..];
    let uri = parts.fold(format!("{DEV_PHRASE}//{capital}"), |uri, part| {
        format!("{uri}//{part}")
    });
    parse(&uri)
}

/// Makes a new key and keeps its phrase in the key directory.
pub(crate) fn generate(directory: &Path, name: &str) -> Result<(Keypair, PathBuf)> {
    let phrase = Mnemonic::from_entropy(&rand::random::<[u8; 16]>())
        .expect("sixteen bytes are an entropy that phrases exist for; qed");
    store(directory, name, &phrase.to_string())
}

/// Keeps a secret in the key directory under a name.
pub(crate) fn store(directory: &Path, name: &str, secret: &str) -> Result<(Keypair, PathBuf)> {
    let key = parse(secret)?;
    let file = path(directory, name)?;
    if file.exists() {
        misuse!("there is a key `{name}` already, in {}", file.display());
    }
    fs::create_dir_all(directory).with_context(|| format!("creating {}", directory.display()))?;
    create_private(&file, format!("{}\n", secret.trim()).as_bytes())?;
    sync_directory(directory)?;
    Ok((key, file))
}

/// The keys in the key directory, by name.
pub(crate) fn list(directory: &Path) -> Result<Vec<(String, Keypair)>> {
    files(directory)?
        .into_iter()
        .map(|name| Ok((name.clone(), read(&path(directory, &name)?)?)))
        .collect()
}

/// The names of the files in the key directory, sorted.
fn files(directory: &Path) -> Result<Vec<String>> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let mut names: Vec<String> = fs::read_dir(directory)
        .with_context(|| format!("reading {}", directory.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    Ok(names)
}

/// Development accounts that people know by name, each of the first also with `/stash`.
const DEVELOPMENT: [&str; 8] = [
    "alice", "bob", "charlie", "dave", "eve", "ferdie", "one", "two",
];

/// Addresses that are known by name: those of the keys in the key directory, and of development accounts.
pub(crate) fn names(directory: &Path) -> BTreeMap<String, String> {
    let well_known = DEVELOPMENT
        .iter()
        .flat_map(|name| [(*name).to_owned(), format!("{name}/stash")]);
    let well_known =
        well_known.filter_map(|name| Some((account(&development(&name).ok()?).to_string(), name)));
    let mut names: BTreeMap<String, String> = well_known.collect();
    // A key that cannot be read has no name to show, and is reported where it is asked for.
    let own = list(directory).unwrap_or_default();
    names.extend(
        own.into_iter()
            .map(|(name, key)| (account(&key).to_string(), name)),
    );
    names
}

/// The file of a named key.
fn path(directory: &Path, name: &str) -> Result<PathBuf> {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte == b'.';
    if name.is_empty() || name.starts_with('.') || !name.bytes().all(plain) {
        misuse!("`{name}` is not a name for a key: use letters, digits, `-`, `_` and `.`");
    }
    Ok(directory.join(name))
}

/// Reads a key from a file that only its owner can read.
fn read(file: &Path) -> Result<Keypair> {
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) => misuse!("cannot read the key file {}: {error}", file.display()),
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        misuse!(
            "the key file {} can be read or changed by others (mode {mode:o}): run `chmod 600` on it",
            file.display()
        );
    }
    let secret = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    parse(&secret).with_context(|| format!("reading the key file {}", file.display()))
}

/// A key from its phrase or seed. The error does not repeat the secret.
fn parse(secret: &str) -> Result<Keypair> {
    let secret = secret.trim();
    // Without a phrase the well-known one of development would be taken silently.
    if secret.is_empty() || secret.starts_with('/') {
        misuse!("the secret is empty: write a phrase of twelve or more words, or a seed of 64 hexadecimal digits");
    }
    let key = SecretUri::from_str(secret)
        .ok()
        .and_then(|uri| Keypair::from_uri(&uri).ok());
    match key {
        Some(key) => Ok(key),
        None => misuse!("the secret is neither a phrase of twelve or more words nor a seed of 64 hexadecimal digits after 0x"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::scratch;

    #[test]
    fn development_accounts_are_the_well_known_ones() {
        let alice = account(&development("alice").unwrap());
        assert_eq!(
            alice.to_string(),
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
        );
        let stash = account(&development("alice/stash").unwrap());
        assert_eq!(
            stash.to_string(),
            "5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY"
        );
        assert!(development("").is_err());
        assert!(development("nobody").is_err());
        assert!(development("alice//").is_err());
    }

    #[test]
    fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
        let seed = "5fb9".repeat(16);
        for secret in [
            seed.clone(),
            format!("0x{seed}"),
            DEV_PHRASE.to_owned(),
            format!("{DEV_PHRASE}//Alice"),
        ] {
            let error = KeySource::parse(&secret)
                .load(Path::new("/nowhere"))
                .unwrap_err()
                .to_string();
            assert!(error.starts_with("a secret does not belong"), "{error}");
            assert!(!error.contains(&secret));
        }
    }

    #[test]
    fn a_generated_key_is_found_again_by_its_name() {
        let folder = scratch();
        let directory = folder.path();
        let (key, file) = generate(directory, "mine").unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let again = KeySource::parse("mine").load(directory).unwrap();
        assert_eq!(account(&again), account(&key));
        assert!(
            generate(directory, "mine").is_err(),
            "a key is never overwritten"
        );
        assert_eq!(list(directory).unwrap().len(), 1);
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = scratch();
        let directory = folder.path();
        let (_, file) = generate(directory, "open").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let error = KeySource::File(file).load(directory).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn an_error_does_not_repeat_the_secret() {
        let folder = scratch();
        let directory = folder.path();
        let error = store(directory, "bad", "correct horse battery staple").unwrap_err();
        assert!(!format!("{error:#}").contains("horse"));
        assert!(store(directory, "bad", "//Alice").is_err());
        assert!(store(directory, "../bad", "//Alice").is_err());
    }
}
