import { canonicalJson, type JsonValue } from '../../lib/canonical-json.ts';
import type { SigningKey } from '../../lib/ed25519.ts';
import type { Signed } from '../../policy/mcp/agent-tools.ts';

/** Signs what an agent receives, so that nobody between us and it can put words into our mouth. */
export function signPayload(
  signer: SigningKey,
  payload: { readonly [name: string]: JsonValue | undefined },
): Signed {
  const text = canonicalJson(payload);
  return {
    // As it is signed: what was left out is not there.
    payload: { ...payload },
    signature: { algorithm: 'Ed25519', keyId: signer.keyId, value: signer.sign(text) },
  };
}
