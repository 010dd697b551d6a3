import { can, type Principal } from '../../../access/principal.ts';
import { pauseState } from '../../../loop/decide.ts';
import { type HomeView, homePage } from '../../../pages/home-page.ts';
import { formNonce } from '../../caller/form-nonce.ts';
import type { Room } from '../../room.ts';
import { type Operations, open } from '../../table/operation.ts';

/** The start page: what state Foldback is in; figures only for whoever may read loops. */
export function homeRoutes(room: Room): Pick<Operations, 'GET /'> {
  const { given } = room;
  const { parts, config } = given;
  return {
    'GET /': open({
      summary: 'The start page.',
      answers: { 200: { description: 'The page.', type: 'text/html' } },
      handle: async (c) => {
        const visitor = await room.visitor(c);
        const isReader = visitor !== undefined && can(visitor, 'loops:read');
        const view: HomeView = {
          reader: { timeZone: config.delivery.timeZone },
          host: room.host(c),
          baseUrl: room.baseUrl(c),
          organisation: config.organisation.name,
          mode: { kind: await modeOf(room) },
          isEvaluation: given.isEvaluation,
          isUnclaimed: (await given.claim.judge('')) !== 'claimed',
          ...(visitor === undefined ? {} : { operator: operatorOf(room, visitor) }),
          ...(isReader ? { counts: await countsOf(room, visitor) } : {}),
          paths: { outbox: '/outbox', api: '/docs' },
        };
        return c.html(homePage(view, room.words()));
      },
    }),
  };

  async function modeOf(of: Room): Promise<HomeView['mode']['kind']> {
    if (of.given.isDemonstration === true) return 'demonstration';
    return (await isPaused(of)) ? 'paused' : config.delivery.mode;
  }

  async function isPaused({ given: { parts: loop } }: Room): Promise<boolean> {
    const kept = await pauseState(loop);
    return typeof kept === 'object' && kept !== null && 'on' in kept && kept.on === true;
  }

  function operatorOf({ given: { formKey } }: Room, { id, name }: Principal) {
    const nonce = formNonce(formKey, ['sign-out', id], parts.clock.now(), parts.randomId().slice(0, 16));
    return { name, nonce, hasAccount: id.startsWith('person:') };
  }
}

const shownAs = {
  backlog: 'backlog',
  triage: 'triage',
  open: 'open',
  told: 'open',
  answered: 'open',
  escalated: 'open',
  observed: 'open',
  reassigned: 'open',
  incident: 'open',
  disputed: 'open',
  verified: 'verified',
  held: 'held',
} as const;

async function countsOf(
  { given: { parts } }: Room,
  caller: Principal,
): Promise<NonNullable<HomeView['counts']>> {
  const { read } = parts.store;
  const [loops, totals] = await Promise.all([read.counts(caller), read.totals(caller)]);
  const of = (name: (typeof shownAs)[keyof typeof shownAs]) =>
    loops
      .filter(({ state }) => Object.hasOwn(shownAs, state) && Reflect.get(shownAs, state) === name)
      .reduce((sum, { n }) => sum + n, 0);
  const messages = (state: string) => totals.messages.find((row) => row.state === state)?.n ?? 0;
  return {
    events: totals.events,
    backlog: of('backlog'),
    triage: of('triage'),
    open: of('open'),
    verified: of('verified'),
    held: of('held'),
    waiting: totals.wants + messages('queued'),
    uncertain: messages('uncertain'),
  };
}
