// SHA-256 through WebCrypto, as lower-case hex.
import { WorkbenchError } from './errors.ts';

/**
 * Hash of bytes or of a Blob's content.
 * @throws E-UNSUPPORTED where the page has no WebCrypto (plain http on another host)
 */
export async function sha256Hex(data: BufferSource | Blob): Promise<string> {
  const bytes = data instanceof Blob ? await data.arrayBuffer() : data;
  return toHex(new Uint8Array(await subtle().digest('SHA-256', bytes)));
}

/** Hash of a text's UTF-8 bytes. */
export function sha256OfText(text: string): Promise<string> {
  return sha256Hex(new TextEncoder().encode(text));
}

function subtle(): SubtleCrypto {
  // The type says it is always there; outside secure contexts it is not.
  const crypto: { subtle?: SubtleCrypto } = globalThis.crypto;
  if (crypto.subtle) return crypto.subtle;
  throw new WorkbenchError('E-UNSUPPORTED', 'This address gives the page no cryptography, so files cannot be checked.', {
    safe: 'Nothing was stored or changed.',
    remedy: 'Open the page through http://localhost or https.',
  });
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
