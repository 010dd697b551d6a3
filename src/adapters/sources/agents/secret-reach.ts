import { isDict } from '../../../lib/guards.ts';
import { textsIn } from './texts-in.ts';

/** Where secrets live, by kind of place. */
export type SecretPlace =
  | 'env-file'
  | 'private-key'
  | 'cloud-credentials'
  | 'token-file'
  | 'secret-store'
  | 'environment-dump';

/** The end of a path, with `/` between its parts. A template of secrets holds none, and a public key is public. */
const paths: readonly (readonly [SecretPlace, RegExp])[] = [
  ['env-file', /(?:^|\/)\.env(?:rc)?(?:\.(?!example|sample|template|dist|defaults|schema)[\w-]{1,40})?$/iu],
  ['private-key', /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/iu],
  ['private-key', /(?:^|\/)[\w.-]{0,100}(?:private|_priv|-priv|tls|server)[\w-]{0,40}\.(?:pem|key)$/iu],
  ['private-key', /\.(?:p12|pfx|jks|keystore|kdbx|ppk)$/iu],
  ['cloud-credentials', /(?:^|\/)\.aws\/credentials$/iu],
  ['cloud-credentials', /(?:^|\/)application_default_credentials\.json$/iu],
  ['cloud-credentials', /(?:^|\/)(?:service[-_]?account[\w-]{0,60}|client_secrets?|credentials)\.json$/iu],
  ['cloud-credentials', /(?:^|\/)(?:\.kube\/config|kubeconfig)$/iu],
  ['cloud-credentials', /(?:^|\/)\.azure\/(?:accesstokens|msal_token_cache)[\w.]{0,20}$/iu],
  [
    'token-file',
    /(?:^|\/)(?:\.netrc|_netrc|\.npmrc|\.pypirc|\.pgpass|\.my\.cnf|\.git-credentials|\.htpasswd)$/iu,
  ],
  [
    'token-file',
    /(?:^|\/)(?:\.docker\/config\.json|\.config\/gh\/hosts\.yml|\.terraform\.d\/credentials\.tfrc\.json)$/iu,
  ],
  ['token-file', /^\/(?:var\/)?run\/secrets\/./iu],
  ['token-file', /(?:^|\/)(?:\.vault-token|(?<!templates\/)secrets?\.(?:ya?ml|json|toml|env))$/iu],
  ['token-file', /^\/etc\/shadow$/iu],
  ['environment-dump', /^\/proc\/(?:\d+|self|\*)\/environ$/iu],
];

/** Commands and addresses that hand out secrets. Bounded repetitions only: hostile text meets them. */
const commands: readonly (readonly [SecretPlace, RegExp])[] = [
  ['secret-store', /\bvault\s+(?:kv\s+)?(?:get|read)\b/iu],
  ['secret-store', /\bsecretsmanager\s+(?:batch-)?get-secret-value\b/iu],
  ['secret-store', /\bssm\s+get-parameters?(?:-by-path)?\b[^\n]{0,300}--with-decryption\b/iu],
  ['secret-store', /\bgcloud\s+secrets\s+versions\s+access\b/iu],
  ['secret-store', /\bkeyvault\s+secret\s+(?:show|download)\b/iu],
  ['secret-store', /\bkubectl\b[^\n|;&]{0,100}\b(?:get|describe)\s+secrets?\b/iu],
  ['secret-store', /(?:^|[\s;&|(])op\s+(?:read|item\s+get|inject)\b/iu],
  ['secret-store', /\bsecurity\s+find-(?:generic|internet)-password\b/iu],
  [
    'secret-store',
    /\b(?:gh\s+auth\s+token|gcloud\s+auth\s+(?:application-default\s+)?print-access-token)\b/iu,
  ],
];

/** Addresses that hand out credentials to whoever asks from the right machine. */
const addresses: readonly (readonly [SecretPlace, RegExp])[] = [
  ['secret-store', /169\.254\.169\.254\/[^\s]{0,100}(?:security-credentials|token)/iu],
  ['secret-store', /metadata\.google\.internal\/[^\s]{0,100}\/token\b/iu],
];

/** What prints every variable of the environment. */
const dumps: readonly (readonly [SecretPlace, RegExp])[] = [
  ['environment-dump', /(?:^|[;&|(]\s*|\bsudo\s+)(?:printenv|env)\s*(?:$|[|;&>)])/imu],
  ['environment-dump', /(?:^|[;&|(]\s*)export\s+-p\b|\bget-childitem\s+env:|\bgci\s+env:/imu],
  [
    'environment-dump',
    /\bprint\(\s*(?:dict\()?os\.environ\s*\)|\bjson\.stringify\(\s*process\.env\s*[,)]|\bconsole\.log\(\s*process\.env\s*\)/iu,
  ],
];

/** Tools whose own name says that they hand out a secret. */
const secretTool =
  /(?:^|_)(?:get|read|fetch|list|show|dump|export|retrieve|reveal|access)_(?:\w{1,40}_)?(?:secrets?|credentials?|passwords?|vault|private_key|api_key|env(?:ironment)?_vars?)(?:_value|_version)?$/u;
/** Tools that put something in its place do not read what was there. */
const writes = /^(?:write|create|save|new)/iu;

/** Members whose text is written or looked for, not gone to: it may speak of `.env` without reaching for it. */
const bodies = new Set(
  'content contents new_string old_string file_text new_str old_str insert_text text body message prompt description subject title comment summary thought explanation reason output result html markdown diff patch todos plan pattern regex query q keywords glob'.split(
    ' ',
  ),
);
const commandMembers = new Set('command cmd script code bash shell args argv input'.split(' '));
/** Programs that read nothing of the paths behind them, or only that they are there. */
const silent = new Set(
  'echo printf touch ls test [ stat mkdir chmod chown rm rmdir unlink which cd ln alias true git-add'.split(
    ' ',
  ),
);
/** Programs whose first plain word is what they look for, and not where. */
const searches = new Set('grep egrep fgrep rg ag ack sed awk'.split(' '));
/** Options whose file a program uses for itself, as it is meant. */
const usesFile =
  /^--?(?:env-file|kubeconfig|i|identity|key|cert|cacert|private-key|tlskey|credentials?)(?==|$)/u;
/** Folders of what was made for tests. */
const madeUp = /(?:^|\/)(?:fixtures|testdata|__fixtures__|__tests__)\//iu;
const commandCharsMax = 8000;
const pathCharsMax = 1024;

/** The place of secrets that a call reaches for, told by its tool and its arguments; undefined where it reaches for none. */
export function secretPlaceOf(tool: string, given: unknown): SecretPlace | undefined {
  const name = tool
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/gu, '_');
  if (secretTool.test(name)) return 'secret-store';
  if (!isDict(given)) return typeof given === 'string' ? placeInCommand(given) : undefined;
  for (const [member, value] of Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const lower = member.toLowerCase();
    if (bodies.has(lower)) continue;
    for (const text of textsIn(value)) {
      const place = commandMembers.has(lower)
        ? placeInCommand(text)
        : writes.test(tool)
          ? undefined
          : (placeOfPath(text) ?? found(addresses, text.slice(0, pathCharsMax)));
      if (place !== undefined) return place;
    }
  }
  return undefined;
}

function placeOfPath(text: string): SecretPlace | undefined {
  if (text.length > pathCharsMax || /[\r\n]/u.test(text)) return undefined;
  const path = text
    .trim()
    .replace(/^file:\/\//iu, '')
    .replaceAll('\\', '/')
    .replace(/[?#].*$/u, '');
  return madeUp.test(path) ? undefined : found(paths, path);
}

function placeInCommand(text: string): SecretPlace | undefined {
  const line = text.slice(0, commandCharsMax);
  // What is only printed or said in a commit's message goes nowhere.
  const spoken = line.replace(/\b(?:echo|printf|git\s+commit)\b[^;&|>\n]{0,2000}/giu, ' ');
  const place = found(commands, spoken) ?? found(addresses, spoken) ?? found(dumps, spoken);
  if (place !== undefined) return place;
  for (const part of spoken.split(/[;&|\n]+/u)) {
    for (const word of readWords(part)) {
      const reached = placeOfPath(word);
      if (reached !== undefined) return reached;
    }
  }
  return undefined;
}

/** The words of one command that may be files which it reads. */
function readWords(part: string): readonly string[] {
  const words = part.trim().split(/\s+/u).map(unquoted);
  const [program = '', ...rest] = words[0] === 'sudo' ? words.slice(1) : words;
  if (silent.has(program)) return [];
  if (program === 'git' && /^(?:add|rm|check-ignore|status)$/u.test(rest[0] ?? '')) return [];
  // The last word of a copy is where it goes to.
  const given = program === 'cp' || program === 'mv' ? rest.slice(0, -1) : rest;
  const soughtAt = searches.has(program) ? given.findIndex((word) => !word.startsWith('-')) : -1;
  return given
    .filter((word, index) => {
      const before = given[index - 1] ?? '';
      // What stands behind `>` is written.
      return index !== soughtAt && !/^\d?>/u.test(before) && !/^\d?>/u.test(word) && !isUsed(before, word);
    })
    .map((word) => word.replace(/^@|^\S{1,40}=@|^--?[\w-]{1,40}=|^</u, ''));
}

function isUsed(before: string, word: string): boolean {
  return usesFile.test(word) || (usesFile.test(before) && !before.includes('='));
}

function unquoted(word: string): string {
  return word.replace(/^["'(]+|["')]+$/gu, '');
}

function found(rules: readonly (readonly [SecretPlace, RegExp])[], text: string): SecretPlace | undefined {
  return rules.find(([, pattern]) => pattern.test(text))?.[0];
}
