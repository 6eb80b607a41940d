//! Makes reports of block equivocations whole.
//!
//! BABE's block import looks for a second block of the same author in the same slot and reports the pair
//! to the runtime, which believes it by the two seals. But what reaches that import are headers without
//! their seal: the verifier before it has moved seals aside, as block execution after it demands. A
//! report of such headers is refused on chain, always. So the seal is put back in front of BABE's
//! import ([`Sealing`]) and taken off again behind it ([`Unsealing`]).

use jsonrpsee::core::async_trait;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sp_runtime::traits::Header;
use tributary_runtime::opaque::Block;

/// Under this name the number of seals that were put back travels with a block.
const SEALS: &[u8] = b"tributary/seals";

/// In front of BABE's import: puts the seal back.
#[derive(Clone)]
pub(crate) struct Sealing<Import>(pub(crate) Import);

#[async_trait]
impl<Import> BlockImport<Block> for Sealing<Import>
where
    Import: BlockImport<Block> + Send + Sync,
{
    type Error = Import::Error;

    async fn check_block(
        &self,
        block: BlockCheckParams<Block>,
    ) -> Result<ImportResult, Self::Error> {
        self.0.check_block(block).await
    }

    async fn import_block(
        &self,
        mut block: BlockImportParams<Block>,
    ) -> Result<ImportResult, Self::Error> {
        if !block.post_digests.is_empty() {
            block.post_hash = Some(block.post_hash());
            let seals = std::mem::take(&mut block.post_digests);
            block.insert_intermediate(SEALS, seals.len());
            for seal in seals {
                block.header.digest_mut().push(seal);
            }
        }
        self.0.import_block(block).await
    }
}

/// Behind BABE's import: takes off the seal that was put back.
#[derive(Clone)]
pub(crate) struct Unsealing<Import>(pub(crate) Import);

#[async_trait]
impl<Import> BlockImport<Block> for Unsealing<Import>
where
    Import: BlockImport<Block> + Send + Sync,
{
    type Error = Import::Error;

    async fn check_block(
        &self,
        block: BlockCheckParams<Block>,
    ) -> Result<ImportResult, Self::Error> {
        self.0.check_block(block).await
    }

    async fn import_block(
        &self,
        mut block: BlockImportParams<Block>,
    ) -> Result<ImportResult, Self::Error> {
        if let Ok(seals) = block.remove_intermediate::<usize>(SEALS) {
            let logs = &mut block.header.digest_mut().logs;
            // The very ones that were pushed: nothing between the two changes a header.
            let seals = logs.split_off(logs.len().saturating_sub(seals));
            block.post_digests = seals;
        }
        self.0.import_block(block).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_consensus::{BlockOrigin, Error};
    use sp_runtime::DigestItem;
    use std::sync::{Arc, Mutex};

    /// What an import has seen: the block's hash, its header's digests and those beside it.
    type Seen = (tributary_runtime::Hash, Vec<DigestItem>, Vec<DigestItem>);

    /// Notes what it sees before it hands it on.
    struct Witness<Import>(Arc<Mutex<Vec<Seen>>>, Import);

    #[async_trait]
    impl<Import> BlockImport<Block> for Witness<Import>
    where
        Import: BlockImport<Block> + Send + Sync,
    {
        type Error = Import::Error;

        async fn check_block(
            &self,
            block: BlockCheckParams<Block>,
        ) -> Result<ImportResult, Self::Error> {
            self.1.check_block(block).await
        }

        async fn import_block(
            &self,
            block: BlockImportParams<Block>,
        ) -> Result<ImportResult, Self::Error> {
            self.0.lock().expect("no test panics with it").push((
                block.post_hash(),
                block.header.digest().logs().to_vec(),
                block.post_digests.clone(),
            ));
            self.1.import_block(block).await
        }
    }

    /// The client, which refuses what others have left with a block.
    struct Client;

    #[async_trait]
    impl BlockImport<Block> for Client {
        type Error = Error;

        async fn check_block(&self, _: BlockCheckParams<Block>) -> Result<ImportResult, Error> {
            Ok(ImportResult::AlreadyInChain)
        }

        async fn import_block(
            &self,
            block: BlockImportParams<Block>,
        ) -> Result<ImportResult, Error> {
            assert!(block.intermediates.is_empty());
            Ok(ImportResult::AlreadyInChain)
        }
    }

    /// Imports a block with the given digests; what was seen between the two wrappers and after them.
    fn import(in_header: Vec<DigestItem>, beside: Vec<DigestItem>) -> (Seen, Seen, Seen) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let witness = || seen.clone();
        let behind = Unsealing(Witness(witness(), Client));
        let pipeline = Witness(witness(), Sealing(Witness(witness(), behind)));
        let header = tributary_runtime::Header::new(
            7,
            Default::default(),
            Default::default(),
            Default::default(),
            sp_runtime::Digest { logs: in_header },
        );
        let mut block = BlockImportParams::new(BlockOrigin::NetworkBroadcast, header);
        block.post_digests = beside;
        let outcome = futures::executor::block_on(pipeline.import_block(block));
        assert_eq!(outcome.ok(), Some(ImportResult::AlreadyInChain));
        let mut seen = std::mem::take(&mut *seen.lock().expect("no test panics with it"));
        let after = seen.pop().expect("three witnesses");
        let between = seen.pop().expect("three witnesses");
        (seen.pop().expect("three witnesses"), between, after)
    }

    fn slot() -> DigestItem {
        DigestItem::PreRuntime(*b"BABE", vec![1])
    }

    fn seal() -> DigestItem {
        DigestItem::Seal(*b"BABE", vec![2])
    }

    #[test]
    fn babe_sees_the_seal_and_nobody_else_does() {
        let (before, between, after) = import(vec![slot()], vec![seal()]);
        assert_eq!((between.1, between.2), (vec![slot(), seal()], vec![]));
        assert_eq!(after, before);
        assert_eq!(after.0, between.0, "the block keeps its hash");
    }

    #[test]
    fn a_block_that_comes_with_its_seal_in_the_header_is_left_alone() {
        // So do blocks that are not verified one by one, as in warp sync.
        let (before, between, after) = import(vec![slot(), seal()], vec![]);
        assert_eq!(between, before);
        assert_eq!(after, before);
    }
}
