/**
 * Who issued a secret, told from what a scanner calls it (`aws-access-token`, `NpmTokenV2`,
 * `google_cloud_private_key_id`) or from the shape of the value. Slugs are words of the packs: a slug without words
 * of its own gets the general ones.
 */
export const secretProviders = [
  'aws',
  'github',
  'gitlab',
  'slack',
  'stripe',
  'gcp',
  'azure',
  'openai',
  'anthropic',
  'npm',
  'private-key',
  'database-url',
  'twilio',
  'sendgrid',
  'mailchimp',
  'pypi',
  'docker',
  'heroku',
  'digitalocean',
  'cloudflare',
  'shopify',
  'discord',
  'telegram',
  'huggingface',
  'databricks',
  'datadog',
  'vault',
  'jwt',
  'generic',
] as const;
export type SecretProvider = (typeof secretProviders)[number];

/**
 * Read from top to bottom over the name in lower case with `-` between its words: a Google private key is
 * Google's, a GitLab key found by a `github` integration is GitLab's.
 */
const nameRules: readonly (readonly [SecretProvider, RegExp])[] = [
  ['gitlab', /\bgitlab/u],
  ['npm', /\bnpm(?:js)?(?!\w)|\bnpm-?(?:token|access)/u],
  ['gcp', /\bgcp|\bgoogle|\bfirebase|\bgoog\b|\bgcloud/u],
  ['azure', /\bazure|\bentra\b|\bmicrosoft-(?:azure|entra|ad)/u],
  ['aws', /\baws|\bamazon|\biam-access-key/u],
  ['openai', /\bopen-?ai/u],
  ['anthropic', /\banthropic|\bclaude\b/u],
  ['stripe', /\bstripe/u],
  ['slack', /\bslack/u],
  ['heroku', /\bheroku/u],
  ['digitalocean', /\bdigital-?ocean/u],
  ['cloudflare', /\bcloudflare/u],
  ['shopify', /\bshopify/u],
  ['discord', /\bdiscord/u],
  ['telegram', /\btelegram/u],
  ['huggingface', /\bhugging-?face/u],
  ['databricks', /\bdatabricks/u],
  ['datadog', /\bdatadog/u],
  ['twilio', /\btwilio/u],
  ['sendgrid', /\bsend-?grid/u],
  ['mailchimp', /\bmailchimp/u],
  ['pypi', /\bpypi/u],
  ['docker', /\bdocker/u],
  ['vault', /\bvault-|\bhashi-?corp-vault/u],
  ['github', /\bgit-?hub/u],
  [
    'database-url',
    /\bpostgres|\bmysql|\bmariadb|\bmongo|\bredis\b|\bredis-(?:url|uri|conn)|\bjdbc|\bsql-?server|\bdatabase|\bconnection-string|\bdb-(?:url|uri|conn)|\brabbit-?mq|\bsnowflake|\bcouchbase|\bplanetscale/u,
  ],
  [
    'private-key',
    /\bprivate-?key|\b(?:rsa|ssh|pgp|dsa|ec|ed25519|openssh|asymmetric)(?:-\w+)?-(?:pk|key|private)|\bpem\b/u,
  ],
  ['jwt', /\bjwt|\bjson-web-token/u],
];

/** Shapes that issuers publish so that leaked values can be told. Linear: no repetition inside a repetition. */
const valueRules: readonly (readonly [SecretProvider, string])[] = [
  ['aws', String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`],
  ['github', String.raw`\bgh[pousr]_[A-Za-z0-9]{30,255}|\bgithub_pat_\w{22,255}`],
  ['gitlab', String.raw`\bgl(?:pat|ptt|dt|rt|cbt|ft|agent|oas|soat|imt)-[\w-]{20,300}`],
  [
    'slack',
    String.raw`\bxox[a-z]-[\w-]{10,300}|\bxapp-[\w-]{10,300}|hooks\.slack\.com/(?:services|workflows)/[\w/]{20,200}`,
  ],
  ['stripe', String.raw`\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,300}|\bwhsec_[A-Za-z0-9]{24,100}`],
  ['gcp', String.raw`\bAIza[\w-]{35}`],
  ['anthropic', String.raw`\bsk-ant-[\w-]{20,300}`],
  ['openai', String.raw`(?<![\w-])sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,300}`],
  ['npm', String.raw`\bnpm_[A-Za-z0-9]{36}`],
  ['private-key', String.raw`-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,20000}`],
  [
    'database-url',
    String.raw`\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver)(?:\+[a-z]{1,20})?://[^\s:@/]{0,200}:[^\s@/]{1,300}@[^\s"']{1,400}`,
  ],
  ['jwt', String.raw`\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,2000}`],
];
const shape = new RegExp(valueRules.map(([, pattern]) => `(${pattern})`).join('|'), 'gu');
const shapeOnce = new RegExp(shape.source, 'u');

/** Names come from a scanner's rule set, a few hundred at most; hostile ones must not fill memory. */
const rememberedMax = 2000;
const remembered = new Map<string, SecretProvider>();

/**
 * The provider slug of a rule id, detector name or secret type; `generic` where it names none.
 *
 * @param name as the scanner writes it; a description may be added after a space
 */
export function providerOf(name: string): SecretProvider {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const words = name
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/gu, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/gu, '-');
  const provider = nameRules.find(([, rule]) => rule.test(words))?.[0] ?? 'generic';
  if (remembered.size >= rememberedMax) remembered.clear();
  remembered.set(name, provider);
  return provider;
}

/** The provider whose published shape a value has, or undefined. */
export function providerOfValue(value: string): SecretProvider | undefined {
  const match = shapeOnce.exec(value);
  if (match === null) return undefined;
  return valueRules[match.slice(1).findIndex((group) => group !== undefined)]?.[0];
}

/** Every value of a published shape in a text, with its place in it. */
export function shapesIn(
  text: string,
): readonly { readonly provider: SecretProvider; readonly value: string; readonly index: number }[] {
  return [...text.matchAll(shape)].flatMap((match) => {
    const provider = valueRules[match.slice(1).findIndex((group) => group !== undefined)]?.[0];
    return provider === undefined ? [] : [{ provider, value: match[0], index: match.index }];
  });
}

/** Masks every value of a published shape in a text, whoever put it there. */
export function maskShapes(text: string): string {
  if (text.length < 16 || !shapeOnce.test(text)) return text;
  return text.replace(shape, (...groups: unknown[]) => {
    const index = groups.slice(1, valueRules.length + 1).findIndex((group) => group !== undefined);
    return `[secret:${valueRules[index]?.[0] ?? 'generic'}]`;
  });
}
