import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { source as gophish } from '../../src/adapters/sources/gophish/index.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { isRejection } from '../../src/ports/source.ts';
import type { Store } from '../../src/ports/store.ts';
import { hour, monday, shippedPacks } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let token: string;

beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(async () => {
  doors = openDoors({ store, delivery: { perPersonPerDayMax: 50 } });
  token = await doors.token(['admin']);
});

const report = (json: object, as = token) => doors.ask('/v1/loops', { token: as, json });
const forms = [...shippedPacks().behaviours.values()].flatMap(({ behaviour }) =>
  (behaviour.byHand ?? []).map((form) => ({ behaviour: behaviour.id, form })),
);
type Form = (typeof forms)[number]['form'];

/** What the form asks for at least, as its author would write it. */
function filledIn({ asks }: Form, also: Readonly<Record<string, string>> = {}): Record<string, string> {
  const least = Object.entries(asks).flatMap(([name, { optional, example, choices }]): [string, string][] =>
    optional ? [] : [[name, choices?.[0]?.id ?? example ?? '']],
  );
  return { ...Object.fromEntries(least), ...also };
}

describe('a report by hand', () => {
  test('is possible of every behaviour of the packs', () => {
    expect([...new Set(forms.map(({ behaviour }) => behaviour))].toSorted()).toEqual(
      [...shippedPacks().behaviours.keys()].toSorted(),
    );
  });

  test.each(forms.map((one) => [`${one.behaviour}, ${one.form.id}`, one] as const))(
    'opens a case: %s',
    async (name, { behaviour, form }) => {
      const ticket = `OPS-${forms.findIndex((one) => one.form === form)}`;
      // Two forms of one behaviour may speak of the same case.
      const rule = form.asks.rule?.example === undefined ? {} : { rule: ticket };
      const said = { behaviour, form: form.id, title: `Seen: ${name}`, ticket, owner: 'bob@example.com' };
      const opened = await report({ ...said, ...filledIn(form, rule) });
      expect([opened.status, opened.json.behaviour, opened.json.aliases]).toEqual([201, behaviour, [ticket]]);
      // The same ticket is the same loop, and so is the same report without one.
      const { ticket: _, ...untold } = said;
      for (const again of [{ ...said, title: 'In other words' }, untold]) {
        const repeated = await report({ ...again, ...filledIn(form, rule) });
        expect([repeated.status, repeated.json.id]).toEqual([200, opened.json.id]);
      }
      await doors.house.settleDown();
      const story = await doors.ask(`/v1/loops/${ticket}`, { token });
      expect(story.json).toMatchObject({ sightings: 1, owner: { id: 'bob' } });
      expect(story.json.messages).not.toEqual([]);
    },
  );

  test('is refused where something of the case is missing, or is not asked', async () => {
    for (const { behaviour, form } of forms) {
      const full = { behaviour, form: form.id, title: 'Seen on Monday', ...filledIn(form) };
      for (const field of Object.keys(filledIn(form))) {
        const { [field]: _, ...less } = full as Record<string, unknown>;
        const { status, json } = await report(less);
        expect([status, json.errors]).toEqual([400, [expect.objectContaining({ pointer: `/${field}` })]]);
      }
    }
    const click = {
      behaviour: 'clicked-simulated-phish',
      title: 'Said so',
      who: 'ana@example.com',
      campaign: '1',
    };
    const wrong = [
      [{ ...click, file: 'hunter2.py' }, '/file'],
      [{ ...click, behaviour: 'hunter2' }, '/behaviour'],
      [{ ...click, form: 'hunter2' }, '/form'],
      [{ behaviour: 'agent-outside-policy', title: 'It did', who: 'a-1', rule: 'hunter2' }, '/rule'],
      [{ ...click, secret: 'hunter2' }, ''],
    ] as const;
    for (const [json, pointer] of wrong) {
      const answer = await report(json);
      expect([answer.status, answer.json.errors]).toEqual([400, [expect.objectContaining({ pointer })]]);
      expect(answer.text).not.toContain('hunter2');
    }
  });

  test('of a click is the case that the simulation reports, whichever comes first and however the person is named', async () => {
    const { parts } = doors.house;
    const clicked = (campaign: number) => {
      const time = new Date(monday - hour).toISOString();
      const record = {
        campaign_id: campaign,
        email: 'Ana@example.com',
        time,
        message: 'Clicked Link',
        details: '',
      };
      const mapped = gophish.map(record, doors.given.mapContext(monday));
      if (isRejection(mapped)) throw new Error(mapped.rejected);
      return ingest(parts, { source: 'gophish', receivedAt: monday, mode: 'live', events: mapped });
    };
    const said = { behaviour: 'clicked-simulated-phish', title: 'She rang the desk' };
    const first = await report({ ...said, who: 'Ana', campaign: '41' });
    expect([first.status, first.json.owner]).toEqual([201, expect.objectContaining({ id: 'ana' })]);
    expect((await clicked(41)).loops).toEqual([first.json.id]);
    const [other] = (await clicked(42)).loops;
    const second = await report({ ...said, who: 'ana@example.com', campaign: '42' });
    expect([second.status, second.json.id]).toEqual([200, other]);
  });

  test('shows whoever reads the case what was written, and lists tell it from others', async () => {
    const said = {
      behaviour: 'agent-outside-policy',
      who: 'build-agent',
      rule: 'denied-tool',
      resource: 'Mail',
    };
    const { json } = await report({ ...said, title: 'It mailed a customer' });
    expect(json.occurrences).toMatchObject([
      { said: 'It mailed a customer', joins: { rule: 'denied-tool' } },
    ]);
    expect(json.about).toEqual({
      actor: { type: 'agent', name: 'build-agent' },
      identity: 'build-agent',
      resource: 'Mail',
      rule: 'denied-tool',
    });
  });

  test('whose ticket stands for a case of another behaviour is refused, not swallowed', async () => {
    await report({ title: 'A key in the wiki', ticket: 'OPS-90' });
    const answer = await report({
      behaviour: 'clicked-simulated-phish',
      title: 'Said so',
      who: 'ana@example.com',
      campaign: '90',
      ticket: 'OPS-90',
    });
    expect([answer.status, answer.json.type]).toEqual([409, '/problems/conflict']);
  });

  test('tells whoever sees another team nothing of what was known before', async () => {
    const said = { behaviour: 'clicked-simulated-phish', who: 'ana@example.com', campaign: '60' };
    await report({ ...said, title: 'Known already' });
    const red = await doors.token(['loops:read', 'loops:write'], { teams: ['red'] });
    const [known, unknown] = [
      await report({ ...said, title: 'By another team' }, red),
      await report({ ...said, title: 'By another team', campaign: '61' }, red),
    ];
    for (const { status, json } of [known, unknown])
      expect([status, Object.keys(json)]).toEqual([201, ['id']]);
  });

  test('leaves no secret behind, whichever field it slipped into', async () => {
    const slipped = ['gh', 'p_', 'Qz7'.repeat(12)].join('');
    for (const { behaviour, form } of forms) {
      const asked = Object.keys(form.asks).filter((name) => !['line', 'commit', 'rule'].includes(name));
      const filled = Object.fromEntries(asked.map((name) => [name, `${name} ${slipped}`]));
      const least = filledIn(form, filled);
      const { status, text, json } = await report({
        behaviour,
        form: form.id,
        ...least,
        title: `Look: ${slipped}`,
        owner: slipped,
      });
      expect([behaviour, status < 300, text.includes('Qz7Qz7')]).toEqual([behaviour, true, false]);
      const story = await store.read.loop(loopPrincipal, String(json.id));
      expect(JSON.stringify(story)).not.toContain('Qz7Qz7');
      const ledger = await store.read.ledger(loopPrincipal, String(json.id));
      expect(JSON.stringify(ledger)).not.toContain('Qz7Qz7');
    }
    expect(doors.logged.join('')).not.toContain('Qz7Qz7');
  });

  test('and what each asks for is told with the behaviours', async () => {
    const { json } = await doors.ask('/v1/behaviours', { token });
    expect(json.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: 'clicked-simulated-phish',
          byHand: [
            expect.objectContaining({
              id: 'link',
              fields: [
                expect.objectContaining({ name: 'who', isRequired: true }),
                expect.objectContaining({ name: 'campaign', isRequired: true }),
              ],
            }),
          ],
        }),
      ]),
    );
  });
});
