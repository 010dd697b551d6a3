import { createRequire } from 'node:module';

/** Cedar, as far as Foldback uses it. https://docs.cedarpolicy.com, language 4 */
type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');
export type CedarPolicy = import('@cedar-policy/cedar-wasm/nodejs').PolicyJson;
export type CedarSchema = import('@cedar-policy/cedar-wasm/nodejs').SchemaJson<string>;
export type CedarCall = import('@cedar-policy/cedar-wasm/nodejs').StatefulAuthorizationCall;
export type CedarValue = import('@cedar-policy/cedar-wasm/nodejs').CedarValueJson;
export type CedarExpression = import('@cedar-policy/cedar-wasm/nodejs').Expr;

const require = createRequire(import.meta.url);
let loaded: Cedar | undefined;

/** Loaded when the first policy is: 4 MB of it, of which a command without policies knows nothing. */
export function cedar(): Cedar {
  if (loaded !== undefined) return loaded;
  const engine: Cedar = require('@cedar-policy/cedar-wasm/nodejs');
  loaded = engine;
  return engine;
}
