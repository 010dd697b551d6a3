import { afterAll, describe, expect, test } from 'vitest';
import type { PolicyContent, PolicyWords } from '../core/policy/content.ts';
import { shippedPacksDir } from '../packs/pack-folder.ts';
import { contentVersion, loadPolicyFiles } from '../packs/policy-files.ts';
import { openPolicies, type PolicySet } from './policy-set.ts';
import type { PolicyRequest } from './request.ts';
import { runPolicyTests, untestedRules } from './run-tests.ts';

const { content, problems } = loadPolicyFiles(shippedPacksDir());
const opened: PolicySet[] = [];

function open(given: PolicyContent): PolicySet {
  const answer = openPolicies(given, contentVersion(given));
  if (answer.kind === 'error') throw new Error(answer.problems.map(({ reason }) => reason).join('\n'));
  opened.push(answer.set);
  return answer.set;
}

function problemsOf(given: PolicyContent): readonly string[] {
  const answer = openPolicies(given, 'x');
  if (answer.kind === 'error') return answer.problems.map(({ reason }) => reason);
  answer.set.close();
  return [];
}

afterAll(() => {
  for (const set of opened) set.close();
});

const words = content.words.find(({ words: one }) => one.language === 'en')?.words;

/** Policies of a test, under a schema with one of everything. */
function written(policies: string, schema = plainSchema): PolicyContent {
  if (words === undefined) throw new Error('no words');
  const own: PolicyWords = {
    ...words,
    messages: { no: { user: 'It is closed.', admin: 'It is closed.' } },
    instead: { other: 'Take the other door.' },
    ask: { guard: 'Ask the guard.' },
  };
  return {
    schema: { file: 'policies/schema.cedarschema', text: schema },
    policies: [{ file: 'policies/doors.cedar', text: policies }],
    words: [{ file: 'policies/words.en.yaml', words: own }],
    tests: [],
  };
}

const plainSchema = `
entity user = { level?: Long, network?: ipaddr };
entity door = { closed?: Bool };
action open appliesTo { principal: [user], resource: [door], context: { hour?: Long, from?: ipaddr } };
`;
const said = '@message("no") @instead("other") @ask("guard") @severity("high") @behaviour("b") @owner("o")';
const permitAll = '@id("doors") permit(principal, action, resource);';
const ask = (more: Partial<PolicyRequest> = {}): PolicyRequest => ({
  subject: { type: 'user', id: 'ana' },
  action: { name: 'open' },
  resource: { type: 'door', id: 'front' },
  ...more,
});

describe('the shipped policies', () => {
  test('are sound', () => {
    expect(problems).toEqual([]);
    expect(openPolicies(content, 'x')).toMatchObject({ kind: 'ok', warnings: [] });
  });

  test('answer as the tests beside them say, and every rule that forbids is tested', () => {
    const set = open(content);
    expect(runPolicyTests(content, set).filter(({ isOk }) => !isOk)).toEqual([]);
    expect(untestedRules(content, set)).toEqual([]);
  });

  test('every denial says why, what else to do and whom to ask, in every language', () => {
    const { answers } = open(content);
    for (const answer of [
      ...answers.rule.values(),
      answers.general['nothing-permits'],
      answers.general.failed,
    ]) {
      for (const language of ['en', 'es']) {
        expect(answer.reasonUser[language]).toBeTruthy();
        expect(answer.reasonAdmin[language]).toBeTruthy();
        expect(answer.doInstead[0]?.text[language]).toBeTruthy();
        expect(answer.ask?.text[language]).toBeTruthy();
      }
    }
  });
});

describe('a decision', () => {
  test('that nothing permits reads differently from one that a rule forbids', () => {
    const set = open(
      written(`@id("shut") ${said} forbid(principal, action, resource == door::"front");
      @id("back") permit(principal, action, resource == door::"back");`),
    );
    expect(set.decide(ask())).toMatchObject({ decision: false, outcome: 'forbidden', rules: ['shut'] });
    const other = set.decide(ask({ resource: { type: 'door', id: 'side' } }));
    expect(other).toMatchObject({ decision: false, outcome: 'nothing-permits', rules: [] });
    expect(other.lesson).toBeUndefined();
  });

  test('in which a policy errs is an outcome of its own, and no allow', () => {
    const set = open(
      written(`${permitAll} @id("big") ${said} forbid(principal, action, resource)
        when { context has hour && context.hour * 9000000000000000 > 1 };`),
    );
    expect(set.decide(ask({ context: { hour: 0 } })).decision).toBe(true);
    const failed = set.decide(ask({ context: { hour: 9_000_000_000_000 } }));
    expect(failed).toMatchObject({ decision: false, outcome: 'failed', rules: ['big'] });
    expect(failed.behaviour).toBeUndefined();
  });

  test('about a value in another form than the policies read is no allow, and says where', () => {
    const set = open(
      written(`${permitAll} @id("closed") ${said} forbid(principal, action, resource)
        when { resource has closed && resource.closed };`),
    );
    for (const closed of ['true', 1, null, [true], { a: 1 }]) {
      const request = ask({ resource: { type: 'door', id: 'front', properties: { closed } } });
      expect(set.decide(request)).toMatchObject({
        decision: false,
        outcome: 'unreadable',
        detail: '/resource/properties/closed',
      });
    }
    expect(set.decide(ask({ subject: { type: 'user', id: 'a', properties: { level: 1.5 } } })).decision).toBe(
      false,
    );
    const bad = ask({ subject: { type: 'user', id: 'a', properties: { network: 'not an address' } } });
    expect(set.decide(bad)).toMatchObject({ decision: false, outcome: 'unreadable' });
  });

  test('about something that the schema does not know is no allow, even where all is permitted', () => {
    const set = open(written(permitAll));
    expect(set.decide(ask()).decision).toBe(true);
    expect(set.decide(ask({ subject: { type: 'ghost', id: 'x' } })).outcome).toBe('nothing-permits');
    expect(set.decide(ask({ action: { name: 'toString' } })).outcome).toBe('nothing-permits');
    expect(set.decide(ask({ resource: { type: '__proto__', id: 'x' } })).outcome).toBe('nothing-permits');
  });

  test('past a cap is no allow, and names the cap', () => {
    const set = open(written(permitAll));
    let deep: unknown = 1;
    for (let level = 0; level < 5000; level += 1) deep = { deep };
    for (const [context, cap] of [
      [{ deep }, 'depthMax'],
      [{ long: 'x'.repeat(5000) }, 'textCharsMax'],
      [{ many: Array.from({ length: 300 }, () => 1) }, 'valuesMax'],
    ] as const) {
      const { decision, outcome, detail } = set.decide(ask({ context }));
      expect([decision, outcome]).toEqual([false, 'unreadable']);
      expect(detail).toContain(cap);
    }
  });

  test('cannot be steered by members that stand for entities or functions', () => {
    const set = open(
      written(`@id("late") permit(principal, action, resource)
        when { context has from && context.from.isLoopback() };`),
    );
    const smuggled = { from: { __extn: { fn: 'ip', arg: '127.0.0.1' } } };
    expect(set.decide(ask({ context: smuggled })).decision).toBe(false);
    expect(set.decide(ask({ context: { from: '127.0.0.1' } })).decision).toBe(true);
  });

  test('under an exception is a grant that ends with it; what a caller claims is not heard', () => {
    const set = open(
      written(`${permitAll} @id("shut") ${said} @exception("8h") forbid(principal, action, resource);
        @id("never") ${said} forbid(principal, action, resource == door::"vault");`),
    );
    const claimed = { foldback: { exceptions: ['shut'] } };
    expect(set.decide(ask({ context: claimed })).outcome).toBe('forbidden');
    expect(set.decide(ask(), [{ rule: 'shut', until: 5 }])).toMatchObject({ decision: true, expires: 5 });
    const vault = ask({ resource: { type: 'door', id: 'vault' } });
    expect(set.decide(vault, [{ rule: 'never', until: 5 }]).decision).toBe(false);
  });

  test('that several rules forbid speaks with the gravest, and names all', () => {
    const critical = said.replace('high', 'critical');
    const set = open(
      written(`@id("one") ${said} forbid(principal, action, resource);
        @id("two") ${critical} forbid(principal, action, resource);`),
    );
    expect(set.decide(ask())).toMatchObject({ severity: 'critical', rules: ['two', 'one'] });
  });

  test('says the same of the same request', () => {
    const set = open(content);
    const request: PolicyRequest = {
      subject: { type: 'workload', id: 'w' },
      action: { name: 'issue_token' },
      resource: { type: 'environment', id: 'production' },
    };
    expect(set.decide(request)).toEqual(set.decide(request));
  });
});

describe('policies are refused', () => {
  test('with more than one condition, so that a denial names what it was', () => {
    const two = (body: string) =>
      problemsOf(written(`@id("two") ${said} forbid(principal, action, resource) ${body};`)).join();
    expect(
      two('when { resource has closed && resource.closed && context has hour && context.hour > 3 }'),
    ).toContain('more than one condition');
    expect(two('when { resource has closed && resource.closed } unless { context has hour }')).toContain(
      'more than one condition',
    );
    expect(two('when { resource has closed && resource.closed }')).toBe('');
  });

  test('without their words, or with words that stand nowhere', () => {
    expect(problemsOf(written('@id("mute") forbid(principal, action, resource);')).join()).toContain(
      'needs @message',
    );
    const unknown = said.replace('"no"', '"nothing-of-that-name"');
    expect(problemsOf(written(`@id("x1") ${unknown} forbid(principal, action, resource);`)).join()).toContain(
      'has no "nothing-of-that-name"',
    );
  });

  test('that no request can reach', () => {
    expect(
      problemsOf(written(`@id("off") ${said} forbid(principal is door, action, resource is user);`)).join(),
    ).toContain('no request can reach "off"');
  });

  test('that read what is not in the schema, or may be left out', () => {
    const reads = (path: string) =>
      problemsOf(written(`@id("reads") ${said} forbid(principal, action, resource) when { ${path} };`))
        .length;
    expect(reads('resource.colour == "red"')).toBeGreaterThan(0);
    expect(reads('resource.closed')).toBeGreaterThan(0);
    expect(problemsOf(written(permitAll, plainSchema.replace('closed?', 'closed'))).join()).toContain(
      '"closed?"',
    );
  });

  test('that do not parse, with their line', () => {
    const answer = openPolicies(written('// doors\n\npermit(principal'), 'x');
    expect(answer).toMatchObject({ kind: 'error', problems: [{ file: 'policies/doors.cedar', line: 3 }] });
  });
});
