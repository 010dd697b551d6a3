import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { makeEvent } from '../../src/core/make-event.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { pageStyle } from '../../src/pages/page-style.ts';
import type { Store } from '../../src/ports/store.ts';
import { hour, monday, personOf, testPeople } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { visibleText } from '../support/page-reading.ts';
import { sourceContext } from '../support/source-context.ts';
import { browser, type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({
    store,
    delivery: { perPersonPerDayMax: 500, releasedPerPersonPerDayMax: 500 },
    people: [...testPeople, personOf('eva', { language: 'es', timeZone: 'Europe/Madrid' })],
  });
});
afterAll(() => store?.close());

type Parts = Omit<Parameters<typeof makeEvent>[0], 'occurredAt'>;

/** One failing event of each behaviour, as sources give them. */
const failing: Readonly<Record<string, Parts>> = {
  'clicked-simulated-phish': { source: 'gophish', kind: 'phish.clicked', joins: { campaign: '7' } },
  'submitted-credentials': { source: 'gophish', kind: 'phish.submitted', joins: { campaign: '7' } },
  'token-outside-approved-path': {
    source: 'cloudtrail',
    kind: 'credential.created',
    identity: { type: 'iam-user', id: 'arn:aws:iam::111122223333:user/reports' },
    resource: { type: 'iam-user', id: 'reports' },
  },
  'privileged-workflow-bypass': {
    source: 'github',
    kind: 'control.disabled',
    where: { repository: 'acme/shop' },
    joins: { rule: 'main' },
  },
  'agent-outside-policy': {
    source: 'agents',
    kind: 'agent.called',
    actor: { type: 'agent', id: 'build-agent' },
    identity: { type: 'agent', id: 'build-agent' },
    resource: { type: 'tool', id: 'Read' },
    joins: { rule: 'secret-reach' },
  },
  'orphaned-identity': {
    source: 'directory',
    kind: 'identity.disabled',
    action: 'owner-left',
    identity: { type: 'service-account', id: 'ci-deploy' },
  },
};

async function pageOf(behaviour: string, name: 'ana' | 'eva'): Promise<string> {
  const parts = failing[behaviour];
  if (parts === undefined) throw new Error(behaviour);
  const person = { name, email: `${name}@example.com` };
  const event: Event = makeEvent(
    {
      ...parts,
      actor:
        parts.actor?.type === 'agent'
          ? { type: 'agent', id: `build-agent-${name}` }
          : { type: 'person', ...person },
      id: [behaviour, name],
      occurredAt: monday - hour,
      leads: [{ kind: 'sponsor', ...person }],
      ...(parts.identity === undefined
        ? {}
        : { identity: { ...parts.identity, id: `${parts.identity.id}-${name}` } }),
    },
    { ...sourceContext, receivedAt: monday },
  );
  const taken = await ingest(doors.house.parts, {
    source: parts.source,
    receivedAt: monday,
    mode: 'live',
    events: [event],
  });
  await doors.house.settleDown();
  const [loop = ''] = taken.loops;
  const message = (await store.read.loop(loopPrincipal, loop))?.messages.at(-1);
  const { url } = doors.house.parts.replyLink(message?.id ?? '', message?.to.id ?? '');
  const page = await doors.ask(new URL(url ?? '').pathname, browser);
  expect(page.status).toBe(200);
  return page.text;
}

describe('the recipient’s page of each behaviour', () => {
  test.each(Object.keys(failing))('%s: speaks of its own case, in both languages', async (behaviour) => {
    for (const name of ['ana', 'eva'] as const) {
      const page = await pageOf(behaviour, name);
      const text = visibleText(page);
      expect(page).toContain(`<html lang="${name === 'ana' ? 'en' : 'es'}"`);
      expect(text).not.toMatch(/still works|key still|aún funciona\. Trátala|undefined|\{\w+\}/u);
      expect(text).not.toMatch(/a key, not about you|clave vieja|old key/u);
      expect(Buffer.byteLength(page) + Buffer.byteLength(pageStyle)).toBeLessThanOrEqual(15 * 1024);
      const link = /<a href="(https:[^"]*)"/u.exec(page)?.[1] ?? '';
      expect(link).toMatch(/^https:\/\/(?:www\.cisa\.gov|docs\.|owasp\.org|genai\.owasp\.org)/u);
    }
  });
});
