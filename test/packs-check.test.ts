import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPacks } from '../src/packs/check.ts';
import { loadPacks } from '../src/packs/load.ts';
import { shippedPacksDir } from '../src/packs/pack-folder.ts';
import { problemText } from '../src/packs/problem.ts';
import { pageWordsSchema } from '../src/pages/page-words.ts';
import { copyOneBehaviour, onlyBehaviour } from './support/one-behaviour.ts';

const options = { page: pageWordsSchema };

describe('the check of packs', () => {
  let dir = '';
  const messages = `messages/${onlyBehaviour}`;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'foldback-packs-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** What the check says of the shipped packs with one fault put in, as `file:line: reason`. */
  function faults(edit: (at: Editor) => void): readonly string[] {
    const copy = mkdtempSync(join(dir, 'p-'));
    copyOneBehaviour(copy);
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
