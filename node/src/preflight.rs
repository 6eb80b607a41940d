//! What is checked before a node starts.
//!
//! Left alone, a node whose peer-to-peer port is taken logs a line and runs without being reachable,
//! or shares the port with the other process; one whose RPC port is taken answers on a port that
//! nobody knows; one whose session key cannot be read validates nothing; and one whose database
//! belongs to another chain than its chain spec runs that chain. Each of these is an error here.

use sc_network::{
    config::{NodeKeyConfig, Secret},
    multiaddr::Protocol,
    Multiaddr,
};
use sc_service::{
    config::{Configuration, KeystoreConfig},
    BuildGenesisBlock, GenesisBlockBuilder,
};
use sp_core::{
    crypto::{key_types, ExposeSecret, KeyTypeId},
    ecdsa, ed25519, sr25519,
    storage::{well_known_keys, Storage},
    traits::{RuntimeCode, WrappedRuntimeCode},
    ByteArray, Pair,
};
use sp_runtime::traits::Block as BlockT;
use std::{
    fmt, fs, io,
    net::{IpAddr, SocketAddr, TcpListener, UdpSocket},
    path::{Path, PathBuf},
    sync::Arc,
};
use tributary_runtime::{opaque::Block, Hash, VERSION};

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Something else listens there, or nothing may.
    #[error("cannot listen on {listener}: {reason}")]
    CannotListen {
        listener: Listener,
        reason: io::Error,
    },
    /// Two parts of the node were given the same port.
    #[error("{first} and {second} cannot both have the port {}", first.address.port())]
    PortGivenTwice { first: Listener, second: Listener },
    /// A file in the keystore is not a key.
    #[error("the key file {} is corrupt: {reason}", path.display())]
    CorruptKey { path: PathBuf, reason: String },
    /// The file of the network key holds something else.
    #[error("the node key file {} is corrupt: {reason}", path.display())]
    CorruptNodeKey { path: PathBuf, reason: io::Error },
    /// The keystore cannot be read.
    #[error("cannot read the keystore {}: {reason}", path.display())]
    UnreadableKeystore { path: PathBuf, reason: io::Error },
    /// The chain spec is not for this node.
    #[error("the chain spec `{spec}` is not one of Tributary: {reason}")]
    ForeignChainSpec { spec: String, reason: String },
    /// Another node has opened the database.
    #[error("the database {} is in use by another node ({reason})", path.display())]
    DatabaseInUse { path: PathBuf, reason: String },
    /// The database was begun with another chain spec.
    #[error(
        "the database {} belongs to the chain with genesis {in_database:?}, but the chain spec \
         `{spec}` describes {in_spec:?}. Use the chain spec that it was made with (or, to throw it \
         away, `purge-chain`)", path.display()
    )]
    ForeignDatabase {
        path: PathBuf,
        spec: String,
        in_database: Hash,
        in_spec: Hash,
    },
    /// The chain's first state cannot be computed.
    #[error("the genesis of the chain spec `{spec}` is not valid: {reason}")]
    InvalidGenesis { spec: String, reason: String },
}

impl From<Error> for sc_cli::Error {
    fn from(error: Error) -> Self {
        Self::Application(Box::new(error))
    }
}

/// Checks what can be checked before anything is opened: ports and keys.
pub(crate) fn check(config: &Configuration) -> Result<(), Error> {
    let listeners = listeners(config);
    check_distinct(&listeners)?;
    listeners.into_iter().try_for_each(check_free)?;
    check_keystore(&config.keystore)?;
    check_node_key(&config.network.node_key)
}

/// How peers and clients reach a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp,
    Udp,
}

/// An address that the node wants to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listener {
    purpose: &'static str,
    transport: Transport,
    address: SocketAddr,
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {}", self.address, self.purpose)
    }
}

/// All that the node is about to listen on, but for ports that the system picks.
fn listeners(config: &Configuration) -> Vec<Listener> {
    let peers = config
        .network
        .listen_addresses
        .iter()
        .filter_map(|address| {
            let (transport, address) = socket_of(address)?;
            Some(Listener {
                purpose: "peers",
                transport,
                address,
            })
        });
    let rpc = config.rpc.addr.iter().flatten().map(|endpoint| Listener {
        purpose: "RPC",
        transport: Transport::Tcp,
        address: endpoint.listen_addr,
    });
    let metrics = config.prometheus_config.iter().map(|metrics| Listener {
        purpose: "Prometheus",
        transport: Transport::Tcp,
        address: metrics.port,
    });
    peers
        .chain(rpc)
        .chain(metrics)
        .filter(|listener| listener.address.port() != 0)
        .collect()
}

/// The socket behind a multiaddress, if it names one on this machine.
fn socket_of(address: &Multiaddr) -> Option<(Transport, SocketAddr)> {
    let mut parts = address.iter();
    let ip: IpAddr = match parts.next()? {
        Protocol::Ip4(ip) => ip.into(),
        Protocol::Ip6(ip) => ip.into(),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some((Transport::Tcp, SocketAddr::new(ip, port))),
        Protocol::Udp(port) => Some((Transport::Udp, SocketAddr::new(ip, port))),
        _ => None,
    }
}

/// No two purposes share a port.
fn check_distinct(listeners: &[Listener]) -> Result<(), Error> {
    let collide = |a: &Listener, b: &Listener| {
        let (one, other) = (a.address.ip(), b.address.ip());
        a.purpose != b.purpose
            && a.transport == b.transport
            && a.address.port() == b.address.port()
            && one.is_ipv4() == other.is_ipv4()
            && (one == other || one.is_unspecified() || other.is_unspecified())
    };
    for (index, first) in listeners.iter().enumerate() {
        if let Some(second) = listeners[index..]
            .iter()
            .find(|other| collide(first, other))
        {
            return Err(Error::PortGivenTwice {
                first: first.clone(),
                second: second.clone(),
            });
        }
    }
    Ok(())
}

/// Nobody listens there yet. Unlike libp2p's, this socket does not share its port.
fn check_free(listener: Listener) -> Result<(), Error> {
    let outcome = match listener.transport {
        Transport::Tcp => TcpListener::bind(listener.address).map(drop),
        Transport::Udp => UdpSocket::bind(listener.address).map(drop),
    };
    match outcome {
        Ok(()) => Ok(()),
        // A machine without IPv6 is no reason not to start: the SDK asks for both by default.
        Err(reason)
            if listener.address.is_ipv6()
                && !matches!(
                    reason.kind(),
                    io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied
                ) =>
        {
            Ok(())
        }
        Err(reason) => Err(Error::CannotListen { listener, reason }),
    }
}

/// Every file in the keystore is the key that its name says.
fn check_keystore(keystore: &KeystoreConfig) -> Result<(), Error> {
    let KeystoreConfig::Path { path, password } = keystore else {
        return Ok(());
    };
    if !path.exists() {
        return Ok(());
    }
    let password = password.as_ref().map(|password| password.expose_secret());
    let unreadable = |reason| Error::UnreadableKeystore {
        path: path.clone(),
        reason,
    };
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.is_dir() {
            continue;
        }
        check_key_file(&file, password.map(String::as_str))
            .map_err(|reason| Error::CorruptKey { path: file, reason })?;
    }
    Ok(())
}

/// A key file's name is its type and public key in hex; its content is the secret phrase in JSON.
fn check_key_file(file: &Path, password: Option<&str>) -> Result<(), String> {
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let name = sp_core::bytes::from_hex(name)
        .map_err(|_| "its name is not a key type and a public key in hexadecimal digits")?;
    let (key_type, public) = name
        .split_first_chunk::<4>()
        .ok_or("its name is too short for a key type and a public key")?;
    let content = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let phrase: String = serde_json::from_str(&content)
        .map_err(|error| format!("it does not hold a secret phrase in quotes ({error})"))?;

    let is_sr25519 = || holds::<sr25519::Pair>(&phrase, password, public);
    let is_ed25519 = || holds::<ed25519::Pair>(&phrase, password, public);
    let is_ecdsa = || holds::<ecdsa::Pair>(&phrase, password, public);
    let right = match KeyTypeId(*key_type) {
        key_types::BABE => is_sr25519(),
        key_types::GRANDPA => is_ed25519(),
        _ => is_sr25519() || is_ed25519() || is_ecdsa(),
    };
    if right {
        Ok(())
    } else {
        Err(
            "its secret does not belong to the public key in its name, or the keystore's password \
             is wrong"
                .into(),
        )
    }
}

/// Whether `phrase` is the secret of `public`.
fn holds<P: Pair>(phrase: &str, password: Option<&str>, public: &[u8]) -> bool {
    P::from_string(phrase, password).is_ok_and(|pair| pair.public().as_slice() == public)
}

/// The file of the network key, if it exists, holds one.
fn check_node_key(key: &NodeKeyConfig) -> Result<(), Error> {
    let NodeKeyConfig::Ed25519(Secret::File(path)) = key else {
        return Ok(());
    };
    if !path.exists() {
        return Ok(());
    }
    match key.clone().into_keypair() {
        Ok(_) => Ok(()),
        Err(reason) => Err(Error::CorruptNodeKey {
            path: path.clone(),
            reason,
        }),
    }
}

/// The chain spec brings a runtime of Tributary, of whatever version.
pub(crate) fn check_runtime(
    spec: &str,
    genesis: &Storage,
    executor: &impl sc_executor::RuntimeVersionOf,
) -> Result<(), Error> {
    let foreign = |reason: String| Error::ForeignChainSpec {
        spec: spec.into(),
        reason,
    };
    let code = genesis
        .top
        .get(well_known_keys::CODE)
        .ok_or_else(|| foreign("its genesis has no runtime".into()))?;
    let code = RuntimeCode {
        code_fetcher: &WrappedRuntimeCode(code.as_slice().into()),
        heap_pages: None,
        hash: sp_io::hashing::blake2_256(code).to_vec(),
    };
    let version = executor
        .runtime_version(&mut sp_io::TestExternalities::default().ext(), &code)
        .map_err(|error| foreign(format!("its runtime has no version ({error})")))?;
    if version.spec_name != VERSION.spec_name {
        return Err(foreign(format!(
            "its runtime is called `{}`, not `{}`",
            version.spec_name, VERSION.spec_name
        )));
    }
    Ok(())
}

/// Says of a database that could not be opened because of its lock what that means.
pub(crate) fn explain_lock(config: &Configuration, error: sp_blockchain::Error) -> sc_cli::Error {
    match (config.database.path(), &error) {
        (Some(path), sp_blockchain::Error::Backend(reason)) if reason.contains("lock file") => {
            Error::DatabaseInUse {
                path: path.into(),
                reason: reason.clone(),
            }
            .into()
        }
        _ => error.into(),
    }
}

/// The database, if it has a chain already, has the one of the chain spec.
pub(crate) fn check_database<Backend>(
    config: &Configuration,
    backend: &Arc<Backend>,
    genesis: &Storage,
    executor: impl sc_executor::RuntimeVersionOf,
) -> Result<(), Error>
where
    Backend: sc_client_api::Backend<Block>,
{
    use sp_blockchain::HeaderBackend;

    let in_database = backend.blockchain().info().genesis_hash;
    if in_database == Hash::default() {
        return Ok(());
    }
    // Nothing is committed: this only computes the hash.
    let (block, _) = GenesisBlockBuilder::<Block, _, _>::new_with_storage(
        genesis.clone(),
        false,
        backend.clone(),
        executor,
    )
    .and_then(BuildGenesisBlock::build_genesis_block)
    .map_err(|error| Error::InvalidGenesis {
        spec: config.chain_spec.id().into(),
        reason: error.to_string(),
    })?;
    let in_spec = block.hash();
    if in_database == in_spec {
        return Ok(());
    }
    Err(Error::ForeignDatabase {
        path: config
            .database
            .path()
            .map(Path::to_path_buf)
            .unwrap_or_default(),
        spec: config.chain_spec.id().into(),
        in_database,
        in_spec,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::crypto::SecretString;
    use sp_keystore::Keystore;
    use std::str::FromStr;

    /// A directory of a test's own, removed when it ends.
    struct Directory(PathBuf);

    impl Directory {
        fn new(test: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("tributary-{test}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).expect("a temporary directory can be made");
            Self(path)
        }

        fn keystore(&self, password: Option<&str>) -> KeystoreConfig {
            KeystoreConfig::Path {
                path: self.0.clone(),
                password: password.map(|it| SecretString::from_str(it).expect("infallible")),
            }
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// A keystore with one key of each type, written as the SDK writes it.
    fn filled(directory: &Directory, password: Option<&str>) {
        let password = password.map(|it| SecretString::from_str(it).expect("infallible"));
        let keystore =
            sc_keystore::LocalKeystore::open(&directory.0, password).expect("it can be opened");
        let made = "a key can be generated";
        keystore
            .sr25519_generate_new(key_types::BABE, None)
            .expect(made);
        keystore
            .ed25519_generate_new(key_types::GRANDPA, None)
            .expect(made);
        keystore
            .ecdsa_generate_new(key_types::ACCOUNT, None)
            .expect(made);
    }

    fn file_of(directory: &Directory, key_type: KeyTypeId) -> PathBuf {
        let prefix: String = key_type
            .0
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        fs::read_dir(&directory.0)
            .expect("it exists")
            .map(|entry| entry.expect("it can be read").path())
            .find(|path| {
                path.file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
            })
            .expect("there is a key of each type")
    }

    fn on(address: &str, purpose: &'static str) -> Listener {
        Listener {
            purpose,
            transport: Transport::Tcp,
            address: address.parse().expect("an address"),
        }
    }

    #[test]
    fn keys_that_the_node_has_written_are_right() {
        let directory = Directory::new("keys-right");
        filled(&directory, None);
        assert!(check_keystore(&directory.keystore(None)).is_ok());
    }

    #[test]
    fn a_keystore_that_is_not_there_yet_is_right() {
        let directory = Directory::new("keys-none");
        let keystore = KeystoreConfig::Path {
            path: directory.0.join("keystore"),
            password: None,
        };
        assert!(check_keystore(&keystore).is_ok());
        assert!(check_keystore(&KeystoreConfig::InMemory).is_ok());
    }

    #[test]
    fn a_key_cut_short_is_corrupt() {
        let directory = Directory::new("keys-cut");
        filled(&directory, None);
        let file = file_of(&directory, key_types::BABE);
        let content = fs::read_to_string(&file).expect("it can be read");
        fs::write(&file, &content[..content.len() / 2]).expect("it can be written");
        let error = check_keystore(&directory.keystore(None)).expect_err("it is corrupt");
        assert!(
            error.to_string().contains("does not hold a secret phrase"),
            "{error}"
        );
        assert!(matches!(error, Error::CorruptKey { path, .. } if path == file));
    }

    #[test]
    fn a_key_under_anothers_name_is_corrupt() {
        let directory = Directory::new("keys-swapped");
        filled(&directory, None);
        fs::write(file_of(&directory, key_types::GRANDPA), "\"//Mallory\"").expect("written");
        let error = check_keystore(&directory.keystore(None)).expect_err("it is corrupt");
        assert!(error.to_string().contains("does not belong"), "{error}");
    }

    #[test]
    fn a_key_of_the_wrong_scheme_is_corrupt() {
        let directory = Directory::new("keys-scheme");
        let pair = ed25519::Pair::from_string("//Alice", None).expect("a phrase");
        let public: String = pair
            .public()
            .as_slice()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        // "babe" in hex.
        fs::write(directory.0.join(format!("62616265{public}")), "\"//Alice\"").expect("written");
        assert!(check_keystore(&directory.keystore(None)).is_err());
        // "gran" in hex.
        let directory = Directory::new("keys-scheme-right");
        fs::write(directory.0.join(format!("6772616e{public}")), "\"//Alice\"").expect("written");
        assert!(check_keystore(&directory.keystore(None)).is_ok());
    }

    #[test]
    fn a_stray_file_in_the_keystore_is_reported() {
        let directory = Directory::new("keys-stray");
        filled(&directory, None);
        fs::write(directory.0.join("notes.txt"), "do not forget").expect("written");
        let error = check_keystore(&directory.keystore(None)).expect_err("it is no key");
        assert!(error.to_string().contains("notes.txt"), "{error}");
    }

    #[test]
    fn keys_need_their_password() {
        let directory = Directory::new("keys-password");
        filled(&directory, Some("correct horse"));
        assert!(check_keystore(&directory.keystore(Some("correct horse"))).is_ok());
        let error = check_keystore(&directory.keystore(Some("wrong"))).expect_err("wrong password");
        assert!(error.to_string().contains("password"), "{error}");
        assert!(check_keystore(&directory.keystore(None)).is_err());
    }

    #[test]
    fn a_network_key_is_32_bytes_or_their_hex_digits() {
        let directory = Directory::new("node-key");
        let path = directory.0.join("secret_ed25519");
        let key = NodeKeyConfig::Ed25519(Secret::File(path.clone()));
        assert!(check_node_key(&key).is_ok(), "it will be generated");
        assert!(!path.exists(), "the check writes nothing");
        fs::write(&path, [7; 32]).expect("written");
        assert!(check_node_key(&key).is_ok());
        fs::write(&path, "07".repeat(32)).expect("written");
        assert!(check_node_key(&key).is_ok());
        fs::write(&path, "07".repeat(31)).expect("written");
        let error = check_node_key(&key).expect_err("it is too short");
        assert!(error.to_string().contains("secret_ed25519"), "{error}");
    }

    #[test]
    fn a_taken_port_is_refused_even_if_its_owner_would_share_it() {
        let owner = TcpListener::bind("127.0.0.1:0").expect("the system has a free port");
        let address = owner.local_addr().expect("it is bound").to_string();
        let error = check_free(on(&address, "peers")).expect_err("it is taken");
        let message = error.to_string();
        assert!(
            message.starts_with(&format!("cannot listen on {address} for peers")),
            "{message}"
        );
        drop(owner);
        assert!(check_free(on(&address, "peers")).is_ok());
    }

    #[test]
    fn a_taken_udp_port_is_refused() {
        let owner = UdpSocket::bind("127.0.0.1:0").expect("the system has a free port");
        let listener = Listener {
            transport: Transport::Udp,
            ..on(
                &owner.local_addr().expect("it is bound").to_string(),
                "peers",
            )
        };
        assert!(check_free(listener.clone()).is_err());
        let tcp = Listener {
            transport: Transport::Tcp,
            ..listener
        };
        assert!(check_free(tcp).is_ok());
    }

    #[test]
    fn an_address_of_another_machine_is_refused() {
        // Reserved for documentation (RFC 5737).
        assert!(check_free(on("192.0.2.1:30333", "peers")).is_err());
    }

    #[test]
    fn one_port_for_two_purposes_is_refused() {
        let distinct = |listeners: &[Listener]| check_distinct(listeners).is_ok();
        let peers = on("0.0.0.0:30333", "peers");
        assert!(distinct(&[peers.clone(), on("127.0.0.1:9944", "RPC")]));
        assert!(!distinct(&[peers.clone(), on("127.0.0.1:30333", "RPC")]));
        assert!(distinct(&[peers, on("[::]:30333", "peers")]));
        let (rpc, metrics) = (
            on("127.0.0.1:9944", "RPC"),
            on("127.0.0.2:9944", "Prometheus"),
        );
        assert!(distinct(&[rpc, metrics]));
    }

    #[test]
    fn sockets_are_found_in_multiaddresses() {
        let socket = |address: &str| socket_of(&address.parse().expect("a multiaddress"));
        let tcp = |address: &str| Some((Transport::Tcp, address.parse().expect("an address")));
        assert_eq!(socket("/ip4/0.0.0.0/tcp/30333"), tcp("0.0.0.0:30333"));
        assert_eq!(socket("/ip6/::/tcp/30333/ws"), tcp("[::]:30333"));
        assert_eq!(
            socket("/ip4/1.2.3.4/udp/5/webrtc-direct"),
            Some((Transport::Udp, "1.2.3.4:5".parse().expect("an address")))
        );
        assert_eq!(socket("/dns/example/tcp/30333"), None);
        assert_eq!(socket("/memory/7"), None);
    }

    #[test]
    fn our_own_runtime_is_recognised_and_others_are_not() {
        let executor =
            sc_executor::WasmExecutor::<sp_io::SubstrateHostFunctions>::builder().build();
        let check = |code: Option<Vec<u8>>| {
            let mut genesis = Storage::default();
            if let Some(code) = code {
                genesis.top.insert(well_known_keys::CODE.to_vec(), code);
            }
            check_runtime("spec", &genesis, &executor)
        };
        let ours = tributary_runtime::WASM_BINARY.expect("the blob is there");
        assert!(check(Some(ours.to_vec())).is_ok());

        // The blob says its name where the version is embedded: length, name, and the next one's.
        let uncompressed = tributary_runtime::WASM_BINARY_BLOATY.expect("the blob is there");
        let (name, other) = (b"\x24tributary\x24", b"\x24estuaries\x24");
        let mut foreign = uncompressed.to_vec();
        let places: Vec<_> = (0..foreign.len() - name.len())
            .filter(|&place| foreign[place..].starts_with(name))
            .collect();
        for place in places {
            foreign[place..place + name.len()].copy_from_slice(other);
        }
        let error = check(Some(foreign)).expect_err("it has another name");
        let reason = "its runtime is called `estuaries`, not `tributary`";
        assert!(error.to_string().ends_with(reason), "{error}");

        let error = check(Some(vec![0, 1, 2])).expect_err("that is no runtime");
        assert!(error.to_string().contains("has no version"), "{error}");
        let error = check(None).expect_err("there is none");
        assert!(error.to_string().contains("has no runtime"), "{error}");
    }
}
