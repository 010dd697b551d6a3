import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channels } from '../src/adapters/index.ts';
import { openPacks } from '../src/content.ts';
import { moments, plainText } from '../src/core/message.ts';
import { slotNames } from '../src/core/message-template.ts';
import { choices, type MessageValues, placeholders } from '../src/core/placeholders.ts';
import { wordCount } from '../src/core/readability.ts';
import { caseText, renderMessage } from '../src/core/render.ts';
import { checkPacks, linkFault } from '../src/packs/check.ts';
import { loadPacks, type Packs } from '../src/packs/load.ts';
import { shippedPacksDir } from '../src/packs/pack-folder.ts';
import { problemText } from '../src/packs/problem.ts';
import { digestOf, fullSample, samplesFor } from '../src/packs/samples.ts';
import { pageWordsSchema } from '../src/pages/page-words.ts';
import { previewPage } from '../src/preview-page.ts';

const options = { page: pageWordsSchema };
const behaviourId = 'secret-in-repository';

function shipped(): Packs<unknown> {
  const loaded = loadPacks(shippedPacksDir(), options);
  if (loaded.kind === 'error') throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.packs;
}
const packs = shipped();
const pack = packs.behaviours.get(behaviourId);
if (pack === undefined) throw new Error(`the shipped packs hold no ${behaviourId}`);
const { behaviour } = pack;

function rendered(template: Parameters<typeof renderMessage>[0], values: MessageValues) {
  const result = renderMessage(template, values, behaviour);
  if (result.kind === 'error') throw new Error(result.reason);
  return result.message;
}

describe('the shipped packs', () => {
  test('pass their own check, words, examples and mapping', () => {
    const { problems, messages, examples } = checkPacks(shippedPacksDir(), options);
    expect(problems.map(problemText)).toEqual([]);
    // Every moment, the system variant of a relapse and the answer to a mail; a behaviour may have more.
    expect(messages).toBeGreaterThanOrEqual(packs.behaviours.size * 2 * (moments.length + 2));
    expect(examples).toBeGreaterThanOrEqual(6);
  });

  test('have every moment and the system variant of a relapse in English and Spanish', () => {
    for (const language of ['en', 'es']) {
      for (const moment of moments) {
        expect(packs.message(behaviourId, moment, language)).toMatchObject({
          moment,
          language,
          variant: 'usual',
        });
      }
      expect(packs.message(behaviourId, 'relapse', language, 'system')).toMatchObject({
        language,
        variant: 'system',
      });
    }
  });

  test('fall back by language and variant, so that nobody goes without words', () => {
    expect(packs.message(behaviourId, 'told', 'es-MX')).toMatchObject({ language: 'es' });
    expect(packs.message(behaviourId, 'told', 'fi')).toMatchObject({ language: 'en' });
    expect(packs.message(behaviourId, 'told', 'es', 'unheard-of')).toMatchObject({
      language: 'es',
      variant: 'usual',
    });
    expect(packs.message('unheard-of', 'told', 'en')).toBeUndefined();
    expect(packs.page('es-AR')).toMatchObject({ language: 'es' });
    expect(packs.page('fi')).toMatchObject({ language: 'en' });
  });

  test('give at least twelve providers their own step, in every language the same ones', () => {
    const named = [
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
    ];
    for (const language of ['en', 'es']) {
      const words = packs.words(behaviourId, language);
      expect([...(words?.providers.keys() ?? [])]).toEqual(expect.arrayContaining([...named, 'generic']));
      const steps = [...(words?.providers.values() ?? [])].map(({ step }) => step);
      expect(new Set(steps).size).toBe(steps.length);
      for (const provider of words?.providers.values() ?? [])
        expect(linkFault(provider.docs.url)).toBeUndefined();
    }
  });

  test('tell within eighty words where it is, whether it works, one step, the clue, one link and who sees it', () => {
    const template = packs.message(behaviourId, 'told', 'en');
    if (template === undefined) throw new Error('no message');
    const message = rendered(template, fullSample);
    const text = plainText(message);
    expect(wordCount(text)).toBeLessThanOrEqual(80);
    for (const said of [
      'acme/shop-api',
      'src/pay.ts, line 12',
      'commit 4f2c1ab',
      'still worked on 23 Nov, 09:12',
      'sk_live_',
      'Tom Reyes',
      'LOOP-7F3K',
    ]) {
      expect(text).toContain(said);
    }
    expect(message.paragraphs.filter(({ kind }) => kind === 'step')).toHaveLength(1);
    expect(message.links).toHaveLength(1);
    expect(message.answers).toEqual(['done', 'need-help', 'not-me', 'not-mine', 'wrong', 'accept-risk']);
  });

  test('fit the sentence to what is known of the key', () => {
    const template = packs.message(behaviourId, 'told', 'en');
    if (template === undefined) throw new Error('no message');
    const say = (values: Partial<MessageValues>) =>
      plainText(rendered(template, { ...fullSample, ...values }));
    expect(say({ validity: 'unknown' })).toContain('We do not know if it still works.');
    expect(say({ validity: 'inactive' })).toContain('Press Done');
    expect(say({ provider: 'a-vendor-of-tomorrow' })).toContain('a key or password');
  });

  test('speak of the set-up at a second relapse, and of the case only in an escalation', () => {
    const system = packs.message(behaviourId, 'relapse', 'en', 'system');
    const escalation = packs.message(behaviourId, 'escalation', 'en');
    if (system === undefined || escalation === undefined) throw new Error('no message');
    expect(plainText(rendered(system, fullSample))).toContain('points to the set-up, not to a person');
    expect(rendered(escalation, fullSample).paragraphs).toContainEqual(
      expect.objectContaining({ kind: 'facts' }),
    );
  });

  test('one digest speaks for all loops of a person, with their count', () => {
    const template = packs.message(behaviourId, 'digest', 'en');
    if (template === undefined) throw new Error('no message');
    const message = rendered(template, digestOf(fullSample));
    expect(message.subject).toBe('14 keys in your code');
    expect(plainText(message)).toContain('The page shows 11 more.');
  });

  test('give the page its title, steps, documents and clue', () => {
    const words = packs.words(behaviourId, 'es');
    if (words === undefined) throw new Error('no words');
    const text = caseText(words, fullSample, behaviour);
    expect(text.title).toBe('Encontramos una clave de Stripe (…9Qx2) en acme/shop-api');
    expect(text.steps.length).toBeGreaterThanOrEqual(3);
    expect(text.docs.url).toMatch(/^https:\/\/docs\.stripe\.com\//u);
    expect(text.step).toMatch(/\.$/u);
    expect(text.consequence).not.toBe('');
    expect(text.clue).toContain('sk_live_');
  });

  test('resolve their mapping to live titles of the right edition', () => {
    expect(pack.frameworks).toEqual(
      expect.arrayContaining([
        { framework: 'OWASP-NHI', edition: '2025', id: 'NHI2', title: 'Secret Leakage' },
        { framework: 'NIST-CSF', edition: '2.0', id: 'RS.MI-01', title: 'Incidents are contained' },
      ]),
    );
    const csf = packs.frameworks.find(({ id }) => id === 'NIST-CSF');
    expect(csf?.items.filter(({ id }) => /-\d\d$/u.test(id))).toHaveLength(106);
    expect(csf?.withdrawn.filter(({ id }) => /-\d\d$/u.test(id))).toHaveLength(79);
    expect(csf?.withdrawn).toContainEqual({ id: 'RS.IM-01', now: ['ID.IM-03', 'ID.IM-04'] });
  });

  test('are explained to writers: every placeholder, part, moment and choice, and none that is not there', () => {
    const readme = readFileSync(join(shippedPacksDir(), 'README.md'), 'utf8');
    const section = (from: string, to: string) => readme.slice(readme.indexOf(from), readme.indexOf(to));
    const documented = [...section('## Placeholders', '## Phrases').matchAll(/`\{(\w+)\}`/gu)].map(
      ([, name]) => name,
    );
    expect(documented.toSorted()).toEqual(Object.keys(placeholders).toSorted());
    for (const name of [...slotNames, ...moments, ...Object.keys(choices)])
      expect(readme).toContain(`\`${name}\``);
  });

  test('stand on one preview page, escaped, without script and without anything to load', () => {
    const page = previewPage(openPacks(undefined));
    expect(page).toBe(previewPage(openPacks(undefined)));
    expect(page.match(/<h3>/gu)?.length).toBeGreaterThanOrEqual(packs.messages.length);
    for (const { id } of channels)
      expect(page.match(new RegExp(`class="card ${id}"`, 'gu'))).toHaveLength(3 * packs.messages.length);
    const pages = 3 * packs.behaviours.size * packs.languages.size;
    expect(page.match(/class="card recipient"/gu)).toHaveLength(pages);
    expect(page.match(/<form method="post"/gu)?.length).toBeGreaterThan(pages);
    expect(page).toContain("form-action 'none'");
    expect(page).not.toMatch(
      /<script|<img|<link|<iframe|<[a-z][^<>]*\s(?:src|srcset|on\w+)=|url\(|@import|href="javascript:/u,
    );
    for (const [, address = ''] of page.matchAll(/href="([^"]*)"/gu)) expect(address).not.toContain('evil');
    expect(page).toContain('We found a Stripe key in acme/shop-api');
  });
});

describe('hostile values', () => {
  const pieces = [
    'http://evil.example/x',
    'www.evil.example',
    'evil.example/login',
    '<!channel>',
    '@everyone',
    '[x](javascript:alert(1))',
    '</p><script>alert(1)</script>',
    '\u001b[2J',
    '\u202e',
    '\u200b',
    '\r\nBcc: all@evil.example',
    '{repository}',
    'ana@evil.example',
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 20 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join(''));
  const values = fc.record({
    repository: text,
    file: text,
    commit: text,
    branch: text,
    lastFour: text,
    provider: text,
    recipientName: text,
    ownerName: text,
    ownerTeam: text,
    timeZone: text,
    identity: text,
    resource: fc.record({ type: text, id: text }),
    deed: text,
    rule: text,
    kind: text,
    campaign: text,
    address: text,
    agent: text,
    workload: text,
    unusual: fc.record({
      what: fc.constantFrom('resource' as const, 'network' as const, 'hour' as const),
      known: fc.array(text, { maxLength: 4 }),
    }),
    broken: fc.record({ step: text, how: fc.constantFrom('skipped' as const, 'wrong-actor' as const) }),
  });

  // Named by behaviour and file, so that a counterexample stays readable.
  const byFile = new Map(
    packs.messages.map(({ file, template }) => [`${template.behaviour}: ${file}`, template]),
  );

  test('come out dead in every message, in its subject and its text, and add no line', () => {
    const lineCount = (message: ReturnType<typeof rendered>) => plainText(message).split('\n').length;
    fc.assert(
      fc.property(values, fc.constantFrom(...byFile.keys()), (hostile, file) => {
        const template = byFile.get(file);
        if (template === undefined) throw new Error(file);
        const hostileValues = {
          ...fullSample,
          ...hostile,
          seenBy: { who: 'manager' as const, name: hostile.ownerName },
        };
        const given =
          template.moment === 'digest'
            ? { ...hostileValues, items: [{ ...fullSample, ...hostile }] }
            : hostileValues;
        const message = rendered(template, given);
        let all = `${message.subject}\n${plainText(message)}`;
        for (const own of [fullSample.replyUrl ?? '', behaviour.learnMore.url]) all = all.replaceAll(own, '');
        expect(all).not.toMatch(/:\/\/|www\.(?=\S)|@|[<>`]|\]\(|javascript:/iu);
        expect(all.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/u);
        expect(all).not.toMatch(
          /(?<![\p{L}\p{N}_./-])(?:[\p{L}\p{N}][\p{L}\p{N}_-]*\.)+[\p{L}][\p{L}\p{N}-]+/u,
        );
        expect(message.subject).not.toContain('\n');
        expect(lineCount(message)).toBeLessThanOrEqual(
          lineCount(rendered(template, template.moment === 'digest' ? digestOf(fullSample) : fullSample)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('and no sample of the lint leaves a placeholder or a double blank behind', () => {
    for (const { template, file } of packs.messages) {
      for (const sample of samplesFor(template)) {
        const all = plainText(rendered(template, sample));
        expect(all, file).not.toMatch(/[{}]| {2}|undefined|NaN/u);
      }
    }
  });
});
