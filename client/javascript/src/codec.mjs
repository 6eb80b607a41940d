// Bytes of receipts and vouchers: SCALE, which is little-endian and of fixed length here.

/** The hexadecimal digits of bytes, without a prefix. */
export const toHex = (bytes) => Buffer.from(bytes).toString("hex");

/** The bytes of hexadecimal digits, with or without `0x`. */
export function fromHex(text) {
  const digits = text.startsWith("0x") ? text.slice(2) : text;
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) throw new TypeError(`${text} is not hexadecimal`);
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

/** A number as so many bytes. */
export function numberBytes(number, length) {
  let rest = BigInt(number);
  if (rest < 0n || rest >> BigInt(8 * length) !== 0n) throw new RangeError(`${number} does not fit into ${length} bytes`);
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) {
    bytes[index] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}

/** Parts one after the other. */
export function join(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

export function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

// Signatures by their variant: its number, and how many bytes follow it.
const SCHEMES = [["ed25519", 64], ["sr25519", 64], ["ecdsa", 65]];

function signatureBytes({ scheme, bytes }) {
  const variant = SCHEMES.findIndex(([name]) => name === scheme);
  if (variant < 0 || bytes.length !== SCHEMES[variant][1]) throw new TypeError(`there are no signatures of ${scheme} of ${bytes.length} bytes`);
  return join([variant], bytes);
}

export const receiptBytes = ({ channel, number, units, amount, request, response }) =>
  join(numberBytes(channel, 8), numberBytes(number, 4), numberBytes(units, 8), numberBytes(amount, 16), request, response);

const RECEIPT = 8 + 4 + 8 + 16 + 32 + 32;

/** The header of a request that carries a voucher. */
export function voucherToHeader({ voucher, signature }) {
  const { channel, count, units, amount, root, order } = voucher;
  const fields = [numberBytes(channel, 8), numberBytes(count, 4), numberBytes(units, 8), numberBytes(amount, 16), root, order];
  return toHex(join(...fields, signatureBytes(signature)));
}

/** A receipt with its signature as bytes. */
export const signedReceiptBytes = ({ receipt, signature }) => join(receiptBytes(receipt), signatureBytes(signature));

/** The receipt that bytes hold: all of them. */
export function signedReceiptFrom(bytes) {
  const [scheme, length] = SCHEMES[bytes[RECEIPT]] ?? [];
  if (bytes.length !== RECEIPT + 1 + (length ?? 0) || length === undefined) throw new TypeError("the bytes are not those of a signed receipt");
  let end = 0;
  const take = (count) => bytes.slice(end, (end += count));
  const number = (count) => take(count).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const receipt = { channel: number(8), number: Number(number(4)), units: number(8), amount: number(16), request: take(32), response: take(32) };
  take(1);
  return { receipt, signature: { scheme, bytes: take(length) } };
}

/** The receipt in the header of a response. */
export const receiptFromHeader = (text) => signedReceiptFrom(fromHex(text));
