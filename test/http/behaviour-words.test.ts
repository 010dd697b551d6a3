import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { channels } from '../../src/adapters/index.ts';
import type { Store } from '../../src/ports/store.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

const wordsShape = z.object({
  items: z.array(
    z.object({
      moment: z.string(),
      language: z.string(),
      full: z.object({ subject: z.string(), text: z.string() }),
      channels: z.array(
        z.object({
          id: z.string(),
          parts: z.array(
            z.object({
              kind: z.string(),
              text: z.string().optional(),
              labels: z.array(z.string()).optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});

let store: Store;
let doors: Doors;
let token: string;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store });
  token = await doors.token(['behaviours:read']);
});
afterAll(() => store?.close());

const ask = (what: string, id = 'secret-in-repository') =>
  doors.ask(`/v1/behaviours/${id}/${what}`, { token });

describe('the words of a behaviour', () => {
  test('stand as every channel shows them: as parts of plain text, and no document of a channel', async () => {
    const { items } = wordsShape.parse((await ask('words')).json);
    for (const item of items)
      expect(item.channels.map(({ id }) => id).toSorted()).toEqual(channels.map(({ id }) => id).toSorted());
    const told = items.find(({ moment, language }) => moment === 'told' && language === 'en');
    const inChannel = (id: string) => told?.channels.find((one) => one.id === id)?.parts ?? [];
    expect(inChannel('slack').find(({ kind }) => kind === 'buttons')?.labels).toContain('Done');
    expect(inChannel('email').map(({ text }) => text)).toEqual([
      told?.full.subject,
      expect.stringContaining('Stripe'),
    ]);
    expect(JSON.stringify(items)).not.toMatch(/<(?:html|table|body|p)\b/u);
  });

  test('are linted and their examples run, as the check of packs does', async () => {
    const { json, status } = await ask('check');
    expect(status).toBe(200);
    const { examples, problems } = z
      .object({
        examples: z.array(z.object({ name: z.string(), expected: z.string(), said: z.string() })),
        problems: z.array(z.unknown()),
      })
      .parse(json);
    expect(examples.length).toBeGreaterThanOrEqual(6);
    for (const { name, expected, said } of examples) expect(said, name).toBe(expected);
    expect(new Set(examples.map(({ said }) => said))).toContain('nothing');
    expect(problems).toEqual([]);
    expect((await ask('check')).json).toEqual(json);
  });

  test('are linted one after the other: whoever asks meanwhile is answered, and two who ask have one check', async () => {
    const order: string[] = [];
    const asked = (what: string, id: string) =>
      ask(what, id).then(({ status }) => {
        order.push(what);
        expect(status).toBe(200);
      });
    const id = 'clicked-simulated-phish';
    await Promise.all([asked('check', id), asked('check', id), asked('words', 'denied-by-policy')]);
    expect(order).toEqual(['words', 'check', 'check']);
  });

  test('of an unknown behaviour are not found', async () => {
    expect((await ask('check', 'no-such')).status).toBe(404);
    expect((await ask('words', 'no-such')).status).toBe(404);
  });
});
