import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('the check of packs', () => {
  let dir = '';
  const messages = `messages/${behaviourId}`;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'foldback-packs-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** What the check says of the shipped packs with one fault put in, as `file:line: reason`. */
  function faults(edit: (at: Editor) => void): readonly string[] {
    const copy = mkdtempSync(join(dir, 'p-'));
    // One behaviour shows every fault as well as all of them, and is read in a fraction of the time.
    const others = [...packs.behaviours.keys()].filter((id) => id !== behaviourId);
    const isOther = (file: string) =>
      others.some((id) => file.endsWith(`/behaviours/${id}.yaml`) || file.endsWith(`/messages/${id}`));
    cpSync(shippedPacksDir(), copy, { recursive: true, filter: (file) => !isOther(file) });
    const path = (file: string) => join(copy, file);
    for (const language of ['en', 'es']) keepFewProviders(path(`${messages}/providers.${language}.yaml`));
    edit({
      replace: (file, from, to) => {
        const before = readFileSync(path(file), 'utf8');
        if (!before.includes(from)) throw new Error(`${file} does not hold "${from}"`);
        writeFileSync(path(file), before.replace(from, to));
      },
      say: (file, part, text) => {
        const before = readFileSync(path(file), 'utf8');
        const [, body] = new RegExp(`\n## ${part}\n([^#]*?)\n*(?:\n## |$)`, 'u').exec(before) ?? [];
        if (body === undefined) throw new Error(`${file} has no part "${part}"`);
        writeFileSync(
          path(file),
          before.replace(`## ${part}\n${body}`, () => `## ${part}\n${text}`),
        );
      },
      write: (file, content) => writeFileSync(path(file), content),
      remove: (file) => rmSync(path(file)),
    });
    return checkPacks(copy, options).problems.map(problemText);
  }
  /** The lint renders every message for every provider; a fault shows as well with four of them. */
  function keepFewProviders(file: string): void {
    const [head = '', ...blocks] = readFileSync(file, 'utf8').split(/\n\n(?= {2}[a-z-]+:\n)/u);
    const kept = blocks.filter((block) => /^ {2}(?:github|stripe|twilio):/u.test(block));
    writeFileSync(file, `${[head, ...kept].join('\n\n').trimEnd()}\n`);
  }
  type Editor = {
    readonly replace: (file: string, from: string, to: string) => void;
    /** Puts other words under a heading, whatever stands there: writers may change them. */
    readonly say: (file: string, part: string, text: string) => void;
    readonly write: (file: string, content: string) => void;
    readonly remove: (file: string) => void;
  };

  const told = `${messages}/told.en.md`;
  const oneFault: readonly (readonly [string, (at: Editor) => void, RegExp])[] = [
    [
      'a word of blame',
      (at) => at.say(told, 'clue', 'You were careless.'),
      /told\.en\.md:\d+: "careless" blames/u,
    ],
    [
      'a word of blame in Spanish',
      (at) => at.replace(`${messages}/closed.es.md`, '{closing}', '{closing} Fue un descuido.'),
      /closed\.es\.md:\d+: "descuido" blames/u,
    ],
    [
      'a word of blame in a phrase',
      (at) => at.replace(`${messages}/phrases.en.yaml`, 'It still works.', 'You failed.'),
      /"failed" blames/u,
    ],
    [
      'a word of blame on the page',
      (at) => at.replace('messages/page.en.yaml', 'Do this now', 'You should have asked'),
      /page\.en\.yaml:\d+: "should have" blames/u,
    ],
    [
      'a word of blame in the steps of a provider',
      (at) =>
        at.replace(
          `${messages}/providers.en.yaml`,
          'Delete the old token in the same list.',
          'Say who was negligent.',
        ),
      /providers\.en\.yaml:\d+: "negligent" blames/u,
    ],
    [
      'a long sentence',
      (at) => at.say(told, 'clue', `Next time ${'we all look at text like this '.repeat(3)}first.`),
      /told\.en\.md:\d+: a sentence of \d+ words/u,
    ],
    ['too many words', (at) => at.say(told, 'clue', 'This is so. '.repeat(12)), /the message has \d+ words/u],
    [
      'a hard text',
      (at) =>
        at.say(
          `${messages}/asked.en.md`,
          'state',
          'Organizational accountability necessitates identification. '.repeat(6),
        ),
      /school years/u,
    ],
    [
      'passive upon passive',
      (at) => at.say(told, 'clue', 'It was found. It was read. It was copied.'),
      /3 passive forms/u,
    ],
    [
      'a short form nobody explained',
      (at) => at.say(told, 'clue', 'Next time ask the SIEM.'),
      /"SIEM" is a short form/u,
    ],
    [
      'an unknown placeholder',
      (at) => at.replace(told, '{validity}', '{moodOfTheDay}'),
      /told\.en\.md:\d+: \{moodOfTheDay\} is not a placeholder/u,
    ],
    [
      'a placeholder that can be missing',
      (at) => at.say(told, 'clue', 'On {branch}.'),
      /\{branch\} in clue has no value/u,
    ],
    [
      'a part that is missing',
      (at) => at.replace(told, '## clue\n', ''),
      /told\.en\.md:1: the part "## clue" is missing/u,
    ],
    ['a part nobody knows', (at) => at.replace(told, '## clue', '## punchline'), /"punchline" is no part/u],
    ['a part twice', (at) => at.replace(told, '## clue', '## state'), /stands here twice/u],
    [
      'two steps',
      (at) => at.replace(told, '{action}', '{action} Tell your team.'),
      /the step must be one sentence; it has 2/u,
    ],
    ['a step outside its place', (at) => at.say(told, 'clue', 'Tell your team.'), /one step only/u],
    [
      'a step that is none',
      (at) => at.say(`${messages}/asked.en.md`, 'step', 'The page has a button.'),
      /must begin with what to do/u,
    ],
    [
      'a message that says nothing of the event',
      (at) => at.replace(`${messages}/closed.en.md`, '{closing}', 'We closed a case.'),
      /says nothing of this event/u,
    ],
    [
      'a footer that hides who sees this',
      (at) => at.replace(told, '{seenBy}', ''),
      /must say who sees this/u,
    ],
    [
      'a footer without the case code',
      (at) => at.replace(told, 'Case {case}.', ''),
      /must show the case code/u,
    ],
    [
      'a subject without end',
      (at) =>
        at.replace(told, 'We found {thing}', 'We have looked at all your code and in it we found {thing}'),
      /the subject has \d+ characters/u,
    ],
    [
      'a link in a message',
      (at) => at.say(told, 'clue', 'See https://evil.example for more.'),
      /may not stand in a message/u,
    ],
    ['markup in a message', (at) => at.say(told, 'clue', 'See *this*.'), /"\*" may not stand in a message/u],
    [
      'a link without https',
      (at) =>
        at.replace('behaviours/secret-in-repository.yaml', 'url: https://owasp.org', 'url: http://owasp.org'),
      /secret-in-repository\.yaml:\d+: "learnMore\.url"/u,
    ],
    [
      'a link to an address of numbers',
      (at) =>
        at.replace(`${messages}/providers.en.yaml`, 'https://docs.stripe.com/keys', 'https://192.0.2.7/keys'),
      /must be a plain name/u,
    ],
    [
      'a message that another language lacks',
      (at) => at.remove(`${messages}/told.es.md`),
      /told\.es\.md: this message is missing/u,
    ],
    [
      'a provider that another language lacks',
      (at) => at.replace(`${messages}/providers.es.yaml`, '  twilio:', '  twilia:'),
      /the provider "twilio" is missing/u,
    ],
    [
      'words that another language lacks',
      (at) => at.remove(`${messages}/phrases.es.yaml`),
      /phrases\.es\.yaml/u,
    ],
    [
      'page words that another language lacks',
      (at) => at.remove('messages/page.es.yaml'),
      /page\.es\.yaml: this file is missing/u,
    ],
    [
      'a page text with a slot that is not offered',
      (at) => at.replace('messages/page.es.yaml', 'Caso {code}', 'Caso {codigo}'),
      /\{codigo\} is used but not offered/u,
    ],
    [
      'an option of a choice that is missing',
      (at) => at.replace(`${messages}/phrases.en.yaml`, '    unknown: ["not known if it still works"]\n', ''),
      /the option "unknown" of "validity" is missing/u,
    ],
    [
      'a phrase that uses one below it',
      (at) => at.replace(`${messages}/phrases.en.yaml`, '"Hello."', '"Hello. {validity}"'),
      /\{validity\} is not a placeholder and not a phrase that stands above/u,
    ],
    [
      'a withdrawn id',
      (at) => at.replace('behaviours/secret-in-repository.yaml', 'RS.MI-01', 'RS.IM-01'),
      /RS\.IM-01 is withdrawn .*ID\.IM-03 and ID\.IM-04/u,
    ],
    [
      'an unknown id',
      (at) => at.replace('behaviours/secret-in-repository.yaml', 'NHI7', 'NHI77'),
      /NHI77 is not in/u,
    ],
    [
      'an id of another edition',
      (at) =>
        at.replace(
          'behaviours/secret-in-repository.yaml',
          'edition: "2025", id: NHI7',
          'edition: "2024", id: NHI7',
        ),
      /in edition 2025, not 2024/u,
    ],
    [
      'an example that disagrees',
      (at) =>
        at.replace(
          'behaviours/secret-in-repository.yaml',
          'kind: push.made\n      source',
          'kind: push.lost\n      source',
        ),
      /should be "opportunity", but the detection says "nothing"/u,
    ],
    [
      'a detection that says too much',
      (at) =>
        at.replace(
          'behaviours/secret-in-repository.yaml',
          'event.kind: secret.committed',
          'event.kind|startswith: s',
        ),
      /should be "nothing", but the detection says "failed"/u,
    ],
    [
      'a modifier that is not supported',
      (at) =>
        at.replace(
          'behaviours/secret-in-repository.yaml',
          'event.kind: push.made',
          'event.kind|shout: push.made',
        ),
      /the modifier "shout" is not supported/u,
    ],
    [
      'a file under another name',
      (at) => at.replace(told, 'moment: told', 'moment: reminder'),
      /should be called reminder\.en\.md/u,
    ],
    ['a file that nobody reads', (at) => at.write('messages/notes.txt', 'x'), /no part of Foldback reads/u],
    [
      'a file without front matter',
      (at) => at.write(told, 'Hello'),
      /told\.en\.md:1: the file must begin with front matter/u,
    ],
    [
      'a custom tag',
      (at) => at.replace('languages/en.yaml', 'name: English', 'name: !!js/function English'),
      /languages\/en\.yaml:\d+: this is not valid YAML/u,
    ],
  ];

  test.each(oneFault)('finds %s and says where', (_name, edit, expected) => {
    const said = faults(edit);
    expect(
      said.some((problem) => expected.test(problem)),
      said.join('\n'),
    ).toBe(true);
  });

  test('names all faults at once, and loads nothing by halves', () => {
    const copy = mkdtempSync(join(dir, 'p-'));
    cpSync(shippedPacksDir(), copy, { recursive: true });
    writeFileSync(join(copy, told), 'Hello');
    writeFileSync(join(copy, 'messages/notes.txt'), 'x');
    const loaded = loadPacks(copy, options);
    expect(loaded.kind === 'error' && loaded.problems.map(({ file }) => file)).toEqual([
      'messages/notes.txt',
      told,
    ]);
  });

  test('a folder that is not there is a problem, not a crash', () => {
    expect(loadPacks(join(dir, 'nowhere')).kind).toBe('error');
  });
});
