import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainText } from '../src/core/message.ts';
import type { MessageValues } from '../src/core/placeholders.ts';
import { caseText, renderMessage } from '../src/core/render.ts';
import { checkPacks } from '../src/packs/check.ts';
import { loadPacks, type Packs, readPacks } from '../src/packs/load.ts';
import { shippedPacksDir } from '../src/packs/pack-folder.ts';
import { problemText } from '../src/packs/problem.ts';
import { fullSample, sparseSample } from '../src/packs/samples.ts';

function shipped(): Packs {
  const loaded = loadPacks(shippedPacksDir());
  if (loaded.kind === 'error') throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.packs;
}
const packs = shipped();
const token = 'token-outside-approved-path';

function say(
  behaviourId: string,
  moment: Parameters<Packs['message']>[1],
  values: MessageValues,
  options: { readonly language?: string; readonly variant?: string } = {},
): { readonly subject: string; readonly text: string } {
  const template = packs.message(behaviourId, moment, options.language ?? 'en', options.variant);
  const pack = packs.behaviours.get(behaviourId);
  if (template === undefined || pack === undefined) throw new Error(`no words for ${behaviourId}/${moment}`);
  const result = renderMessage(template, values, pack.behaviour);
  if (result.kind === 'error') throw new Error(result.reason);
  return { subject: result.message.subject, text: plainText(result.message) };
}

describe('what behaviours share', () => {
  test('a moment that a behaviour does not write is said with the shared message in its own words', () => {
    const reminder = say('token-outside-approved-path', 'reminder', {
      ...fullSample,
      kind: 'credential.created',
    });
    expect(reminder.subject).toBe('Still open: a lasting key');
    expect(reminder.text).toContain('we wrote to you about a lasting key (the role prod-deploy)');
    expect(say('agent-outside-policy', 'reminder', { ...fullSample, rule: 'secret-reach' }).text).toContain(
      'a try to read a secret by invoice-helper',
    );
  });

  test('a message of its own comes before the shared one', () => {
    expect(say('secret-in-repository', 'reminder', fullSample).text).toContain('Stripe key');
  });

  test('answers of either language hold for every behaviour', () => {
    for (const id of packs.behaviours.keys()) {
      for (const language of ['en', 'es']) {
        expect(say(id, 'thanks', sparseSample, { language }).text).toContain('LOOP-2M9C');
      }
    }
  });
});

describe('the words of each behaviour', () => {
  test('name the first step of the approved path that is wrong, and how', () => {
    const told = (how: 'skipped' | 'out-of-order' | 'wrong-actor') =>
      say(token, 'told', { ...fullSample, broken: { step: 'deployment-gate', how } }).text;
    expect(told('skipped')).toContain('We did not see the gate of the release before it.');
    expect(told('out-of-order')).toContain('It came before the gate of the release.');
    expect(told('wrong-actor')).toContain('One person did both the work and the gate of the release.');
  });

  test('say what was usual where something is new', () => {
    const unusual = { what: 'resource' as const, known: ['staging-deploy', 'test-deploy'] };
    expect(say(token, 'told', { ...fullSample, unusual }).text).toContain(
      'Until now this account only asked for staging-deploy and test-deploy.',
    );
    expect(
      say(token, 'told', { ...fullSample, unusual: { what: 'network', known: ['192.0.0.0/16'] } }).text,
    ).toContain('Until now it came from 192[.]0[.]0[.]0/16.');
  });

  test('fit the step to the rule or the kind', () => {
    const stepOf = (id: string, values: Partial<MessageValues>) => {
      const words = packs.words(id, 'en');
      const pack = packs.behaviours.get(id);
      if (words === undefined || pack === undefined) throw new Error('no words');
      return caseText(words, { ...fullSample, ...values }, pack.behaviour).step;
    };
    const bypass = 'privileged-workflow-bypass';
    expect(stepOf(bypass, { kind: 'control.disabled' })).toBe('Switch the protection on again.');
    expect(stepOf(bypass, { kind: 'control.bypassed' })).toBe('Ask a colleague to review this change now.');
    expect(stepOf('agent-outside-policy', { rule: 'secret-reach' })).toMatch(/^Move the secret/u);
    // A vendor's name of a rule is no class of rules, whatever it looks like.
    expect(stepOf(bypass, { rule: 'toString' })).toBe('Ask a colleague to look at it now.');
  });

  test('a click in a practice mail is told without blame, and without anybody else', () => {
    const { subject, text } = say('clicked-simulated-phish', 'told', {
      ...fullSample,
      seenBy: { who: 'nobody' },
    });
    expect(subject).toBe('A practice mail: the signs in it');
    expect(text).toContain('It was our own test, and nothing bad has happened.');
    expect(text).toContain('Only you and the security team see this.');
    expect(text).not.toMatch(/click(?:ed|s)? (?:on )?(?:the|a) link|others|colleague|%|Tom Reyes/u);
    const ladder = packs.behaviours.get('clicked-simulated-phish')?.behaviour.ladder ?? [];
    expect(ladder.every(({ to }) => to === 'owner')).toBe(true);
  });

  test('a report of a practice mail is thanked for', () => {
    const reported = say('clicked-simulated-phish', 'thanks', fullSample, { variant: 'reported' });
    expect(reported.text).toContain('Thank you for reporting a practice mail.');
    expect(
      say('clicked-simulated-phish', 'thanks', fullSample, { variant: 'reported', language: 'es' }).text,
    ).toContain('Gracias por avisar');
  });
});

describe('the check of words', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'foldback-words-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** @param check only what reading finds, or the lint of every message too */
  function faults(
    edit: (at: (file: string) => string) => void,
    check: 'read' | 'all' = 'read',
  ): readonly string[] {
    const copy = mkdtempSync(join(dir, 'p-'));
    // Two behaviours show every fault as well as all of them, and are read in a fraction of the time.
    const others = [...packs.behaviours.keys()].filter((id) => id !== 'orphaned-identity' && id !== token);
    const isOther = (file: string) =>
      file.endsWith('/controls') ||
      file.endsWith('/remaps') ||
      others.some((id) => file.endsWith(`/behaviours/${id}.yaml`) || file.endsWith(`/messages/${id}`));
    cpSync(shippedPacksDir(), copy, { recursive: true, filter: (file) => !isOther(file) });
    edit((file) => join(copy, file));
    return (check === 'read' ? readPacks(copy) : checkPacks(copy)).problems.map(problemText);
  }
  function replace(path: string, from: string, to: string): void {
    const before = readFileSync(path, 'utf8');
    if (!before.includes(from)) throw new Error(`${path} does not hold "${from}"`);
    writeFileSync(path, before.replace(from, to));
  }
  const orphan = 'messages/orphaned-identity';

  test('a shared phrase that comes back to itself through an own one is named', () => {
    expect(
      faults((at) =>
        replace(at(`${orphan}/phrases.en.yaml`), '{identity}, which has no owner now', 'what {wrote} says'),
      ),
    ).toContainEqual(
      expect.stringMatching(/phrases\.en\.yaml:\d+: the phrase "what" uses itself: what, wrote, what/u),
    );
  });

  test('a step of a path without words is named', () => {
    const said = faults(
      (at) =>
        replace(at('messages/token-outside-approved-path/phrases.es.yaml'), '  reviewed: la revisión\n', ''),
      'all',
    );
    expect(said).toContainEqual(expect.stringContaining('"pathSteps" has no words for the step "reviewed"'));
  });

  test('a fault in a shared message is named with the behaviour that it shows in', () => {
    const said = faults(
      (at) =>
        replace(at(`${orphan}/phrases.en.yaml`), 'which has no owner now', 'which a careless person left'),
      'all',
    );
    expect(said).toContainEqual(
      expect.stringMatching(/messages\/any\/reminder\.en\.md:\d+: for orphaned-identity: "careless" blames/u),
    );
  });

  test('a rung that lists what nobody brings, and a sign that no rung lists, are named', () => {
    const orphaned = 'behaviours/orphaned-identity.yaml';
    expect(faults((at) => replace(at(orphaned), '    - key-removed', '    - key-remove'), 'all')).toEqual([
      expect.stringMatching(/orphaned-identity\.yaml:\d+: no rung of "proof" lists "key-removed"/u),
      expect.stringMatching(/orphaned-identity\.yaml:\d+: "key-remove" is no sight of this behaviour/u),
    ]);
  });

  test('providers beside fixes, and neither of them, are named', () => {
    expect(
      faults((at) =>
        cpSync(
          join(shippedPacksDir(), 'messages/secret-in-repository/providers.en.yaml'),
          at(`${orphan}/providers.en.yaml`),
        ),
      ),
    ).toContainEqual(expect.stringContaining('a behaviour has providers or fixes, not both'));
    expect(faults((at) => rmSync(at(`${orphan}/fixes.en.yaml`)))).toContainEqual(
      expect.stringContaining('has fixes.en.yaml instead'),
    );
  });
});
