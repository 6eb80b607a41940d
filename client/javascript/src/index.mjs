export { Channel, Trouble } from "./channel.mjs";
export { Caller, Lost, Refused } from "./caller.mjs";
export { content, orderOf, receiptLeaf, requestContent, responseContent, voucherHash } from "./hashes.mjs";
export { fromHex, receiptFromHeader, toHex, voucherToHeader } from "./codec.mjs";
export { ecdsaSigner, ed25519Signer, sr25519Signer, verify } from "./signing.mjs";
export { Tree } from "./tree.mjs";
