// Who signs vouchers, and whether a host signed a receipt: the three schemes of accounts.
import { ed25519 } from "@noble/curves/ed25519";
import { secp256k1 } from "@noble/curves/secp256k1";
import * as sr25519 from "@scure/sr25519";
import { join, sameBytes } from "./codec.mjs";
import { content } from "./hashes.mjs";

/** A signer of sr25519 by its seed of 32 bytes. */
export function sr25519Signer(seed) {
  const secret = sr25519.secretFromSeed(seed);
  const sign = (hash) => ({ scheme: "sr25519", bytes: sr25519.sign(secret, hash) });
  return { account: sr25519.getPublicKey(secret), sign };
}

/** A signer of ed25519 by its seed of 32 bytes. */
export function ed25519Signer(seed) {
  return { account: ed25519.getPublicKey(seed), sign: (hash) => ({ scheme: "ed25519", bytes: ed25519.sign(hash, seed) }) };
}

/** A signer of ECDSA over secp256k1 by its secret of 32 bytes. */
export function ecdsaSigner(secret) {
  const sign = (hash) => {
    const signature = secp256k1.sign(content(hash), secret);
    return { scheme: "ecdsa", bytes: join(signature.toBytes("compact"), [signature.recovery]) };
  };
  return { account: content(secp256k1.getPublicKey(secret, true)), sign };
}

/** Whether an account (32 bytes) signed a hash. */
export function verify(account, hash, { scheme, bytes }) {
  try {
    if (scheme === "sr25519") return sr25519.verify(hash, bytes, account);
    if (scheme === "ed25519") return ed25519.verify(bytes, hash, account);
    const signature = secp256k1.Signature.fromBytes(bytes.slice(0, 64), "compact").addRecoveryBit(bytes[64]);
    return sameBytes(content(signature.recoverPublicKey(content(hash)).toBytes(true)), account);
  } catch {
    // Bytes that are no signature or no key.
    return false;
  }
}
