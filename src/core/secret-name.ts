/** Ends of field names under which vendors write secrets, in small letters and without separators. */
const endings = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'secretkey',
  'secretaccesskey',
  'secretvalue',
  'privatekey',
  'privatekeydata',
  'apikey',
  'authorization',
  'setcookie',
  'cookie',
  'token',
];
/** Hashes and ids of a token are no token; a page of a list is named by one. */
const harmless =
  /^(?:hashed|has|is|next|page|continuation|previous|sync|idempotency|request)|(?:type|id|name)$/u;

const known = new Map<string, boolean>();
/** Names come from outside: what is remembered of them is bounded. */
const knownMax = 5000;

/** Whether what stands under this field name is a secret by its name alone, as in `secretAccessKey` or `client_token`. */
export function isSecretName(name: string): boolean {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const plain = name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, '');
  const isSecret = !harmless.test(plain) && endings.some((ending) => plain.endsWith(ending));
  if (known.size < knownMax) known.set(name, isSecret);
  return isSecret;
}
