import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packOptions } from '../src/content.ts';
import { openLogSources } from '../src/core/rules/log-source.ts';
import { compileRule, type RuleOptions } from '../src/core/rules/rule.ts';
import { type Compiled, compileDocument, compileRules } from '../src/core/rules/rule-book.ts';
import { compileRuleSet } from '../src/core/rules/rule-set.ts';
import { readLogSourceEntries } from '../src/packs/log-sources-file.ts';
import { openPackFolder, shippedPacksDir } from '../src/packs/pack-folder.ts';
import { type PackProblem, problemText } from '../src/packs/problem.ts';
import { readRuleFile } from '../src/packs/rule-files.ts';

const corpus = join(process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../shared/corpus'), 'sigma');
const isThere = existsSync(corpus);
const reason = isThere ? '' : ' (skipped: no Sigma rules at FOLDBACK_CORPUS)';

const problems: PackProblem[] = [];
const entries = readLogSourceEntries(openPackFolder(shippedPacksDir(), problems), problems);
const options: RuleOptions = {
  regex: packOptions.regex,
  logSources: openLogSources(entries),
  license: 'DRL-1.1',
};

type Read = {
  readonly file: string;
  readonly line: number;
  readonly compiled: Compiled | { readonly kind: 'error'; readonly reason: string };
};

function readAll(): readonly Read[] {
  const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .map((name) => join(corpus, name))
    .filter((path) => /\.ya?ml$/u.test(path) && statSync(path).isFile());
  return files.sort().flatMap((path) => {
    const file = relative(corpus, path);
    return readRuleFile(readFileSync(path, 'utf8'), file, problems).map(({ document, lineOf }) => {
      const compiled = compileDocument(document, options);
      return { file, line: lineOf(compiled.kind === 'error' ? compiled.path : []), compiled };
    });
  });
}

/** Why a rule may be refused, each by a sentence of the specification. */
const allowed: Readonly<Record<string, RegExp>> = {
  // "If the tool isn't able to handle placeholders, it must reject the rule."
  placeholder: /no values are provided for the placeholder %\w+%/u,
  // "Expression of relationships in the condition … is now obsolete."
  aggregation: /"\| (count\(\)|near)" in a condition is obsolete since Sigma 2/u,
  timeframe: /"timeframe" is obsolete since Sigma 2/u,
  // "A custom taxonomy must be handled by the used tool or transformed into the default taxonomy."
  taxonomy: /the taxonomy "ecs" is not known here/u,
  // Types of correlation that the specification names without saying what they mean.
  percentile: /value_percentile is not supported/u,
};

function whyRefused(one: Read): string | undefined {
  if (one.compiled.kind !== 'error') return undefined;
  const text = one.compiled.reason;
  return (
    Object.keys(allowed).find((name) => allowed[name]?.test(text) === true) ??
    `${one.file}:${one.line}: ${text}`
  );
}

function tally<T>(
  items: readonly T[],
  key: (item: T) => string | undefined,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const name = key(item);
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe.skipIf(!isThere)(`public Sigma rules${reason}`, () => {
  const all = isThere ? readAll() : [];
  const isExample = ({ file }: Read) => file.startsWith('_specification/');
  const rules = all.filter((one) => !isExample(one));
  const examples = all.filter(isExample);
  const sound = rules.filter(({ compiled }) => compiled.kind === 'rule').length;

  test('the log sources of the packs can be read, and every file is YAML', () => {
    expect(problems.map(problemText)).toEqual([]);
  });

  test(`every rule compiles or is refused for a reason of the specification (${sound} of ${rules.length} compile)`, () => {
    expect(rules.length).toBeGreaterThan(200);
    const refused = tally(rules, whyRefused);
    expect(Object.keys(refused).filter((why) => !(why in allowed))).toEqual([]);
    // Placeholders without values are five rules of the folder for them, the obsolete ones are those set aside.
    expect(refused).toEqual({ placeholder: 5, aggregation: 7, timeframe: 1 });
    const folders = new Set(
      rules.filter((one) => whyRefused(one) !== undefined).map(({ file }) => file.split('/')[0]),
    );
    expect([...folders].sort()).toEqual(['rules-placeholder', 'unsupported']);
  });

  test(`so does every example of the specification (${examples.length} documents)`, () => {
    const refused = tally(examples, whyRefused);
    expect(Object.keys(refused).filter((why) => !(why in allowed))).toEqual([]);
    expect(refused).toEqual({ taxonomy: 3, percentile: 1 });
    expect(tally(examples, ({ compiled }) => compiled.kind)).toEqual({
      rule: 3,
      filter: 1,
      correlation: 8,
      error: 4,
    });
  });

  test('rules with placeholders compile once the placeholders have values', () => {
    const names = ['Legitimate_Countries', 'Legitimate_IP_Ranges', 'ApprovedUserUpn', 'KNOWN_LOCATION'];
    names.push('UnLegitCountries', 'UnApprovedIp', 'UnApprovedDevice', 'legtimate_identifiers');
    const placeholders = Object.fromEntries(names.map((name) => [name, ['example']]));
    for (const { file } of rules.filter((one) => whyRefused(one) === 'placeholder')) {
      const [written] = readRuleFile(readFileSync(join(corpus, file), 'utf8'), file, []);
      expect(compileRule(written?.document, { ...options, placeholders }).kind, file).toBe('rule');
    }
  });

  test('a refusal names the line that it is about', () => {
    for (const { file, line, compiled } of rules) {
      if (compiled.kind !== 'error') continue;
      const text = readFileSync(join(corpus, file), 'utf8').split('\n')[line - 1] ?? '';
      expect(text, file).toMatch(/condition:|\|expand:|timeframe:|%\w+%|\d+[mh]$/u);
    }
  });

  test('every rule keeps its author and its licence', () => {
    for (const { file, compiled } of rules) {
      if (compiled.kind === 'error') continue;
      expect(compiled.author, file).toBeTypeOf('string');
      expect(compiled.license, file).toBe('DRL-1.1');
    }
  });

  test('correlations of one file are linked by name, the outermost alone speaks', () => {
    const file = '_specification/examples/correlation/failed_logins_then_success.yml';
    const book = compileRules(readRuleFile(readFileSync(join(corpus, file), 'utf8'), file, []));
    expect(book.refusals).toEqual([]);
    expect(book.correlations.map(({ name, title }) => [name ?? title, book.correlations.length])).toEqual([
      ['multiple_failed_login', 2],
      ['Correlation - Multiple Failed Logins Followed by Successful Login', 2],
    ]);
    expect([...book.rules, ...book.correlations].filter((one) => !book.isSilent(one))).toHaveLength(1);
  });

  test('all sound rules work behind one index, in both directions', () => {
    const compiled = rules.flatMap(({ compiled: one }) => (one.kind === 'rule' ? [one] : []));
    const set = compileRuleSet(compiled);
    const titlesFor = (source: string, record: Readonly<Record<string, unknown>>) =>
      set.match({ source, ...{ record } }).map(({ rule }) => rule.title);
    const trail = {
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      userIdentity: { type: 'Root' },
    };
    expect(titlesFor('cloudtrail', trail)).toEqual([
      'AWS CloudTrail Important Change',
      'AWS Root Credentials',
    ]);
    expect(
      titlesFor('cloudtrail', { ...trail, eventName: 'DescribeTrails', userIdentity: { type: 'IAMUser' } }),
    ).toEqual([]);
    const okta = {
      eventType: 'user.lifecycle.create',
      target: [{ displayName: 'x' }, { displayName: 'svc_network_backup' }],
    };
    expect(titlesFor('okta', okta)).toEqual([
      'New Okta User Created',
      'Okta 2023 Breach Indicator Of Compromise',
    ]);
    expect(titlesFor('okta', { eventtype: 'system.api_token.create' })).toEqual(['Okta API Token Created']);
    expect(titlesFor('gcp', { protoPayload: { methodName: 'io.k8s.core.v1.secrets.delete' } })).toEqual([
      'Google Cloud Kubernetes Secrets Modified or Deleted',
    ]);
    const signin = { category: 'SignInLogs', properties: { status: { errorCode: 50053 } } };
    expect(titlesFor('entra', signin)).toEqual(['Account Lockout']);
    expect(titlesFor('entra', { ...signin, category: 'AuditLogs' })).toEqual([]);
    const audit = { category: 'AuditLogs', properties: { activityDisplayName: 'Add owner to application' } };
    expect(titlesFor('entra', audit)).toEqual(['Added Owner To Application']);
    const workspace = {
      kind: 'admin#reports#activity',
      id: { applicationName: 'admin' },
      name: 'CHANGE_APPLICATION_SETTING',
      parameters: { SETTING_NAME: 'ContextAwareAccess setting' },
    };
    expect(titlesFor('generic', workspace)).toEqual(['Google Workspace Application Access Level Modified']);
    const pod = {
      verb: 'create',
      objectRef: { resource: 'pods' },
      requestObject: {
        spec: { containers: [{ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] },
      },
    };
    expect(titlesFor('kubernetes', pod)).toEqual(['Privileged Container Deployed']);
    expect(titlesFor('kubernetes', { ...pod, requestObject: { spec: { containers: [{}] } } })).toEqual([]);
  });
});
