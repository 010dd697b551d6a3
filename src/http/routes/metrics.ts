import { shownTeams } from '../../core/measures/describe/shown-teams.ts';
import { type FixCosts, fixCosts } from '../../loop/fix-costs.ts';
import { loopPrincipal } from '../../loop/parts.ts';
import { teamSizes } from '../../loop/team-sizes.ts';
import type { Principal } from '../../ports/principal.ts';
import type { StoreRead } from '../../ports/store.ts';
import type { Room } from '../room.ts';
import { type Metric, metricsText, metricsType } from '../table/metrics-text.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';
import { processMetrics } from '../table/process-metrics.ts';
import { durationBounds, type RequestCounts } from '../table/request-counts.ts';

const dayMs = 86_400_000;
/** They look through all outcomes and change slowly, and scrapers come every few seconds. */
const costsAgeMs = 300_000;

/** Figures for Prometheus. They name behaviours, states, channels, sources and routes; never a person. */
export function metricsRoutes(room: Room, requests: RequestCounts): Pick<Operations, 'GET /metrics'> {
  const { parts, config } = room.given;
  let costs: { readonly at: number; readonly metrics: readonly Metric[] } | undefined;
  return {
    'GET /metrics': reading({
      summary: 'Figures for Prometheus. Also for this machine itself, without a token.',
      query: noQuery,
      answers: { 200: { description: 'Text format 0.0.4.', type: 'text/plain' } },
      handle: async ({ c }) => {
        // As the list of measures: where so few people are known, how many cases of a kind there are is about them.
        const isNamed = shownTeams(teamSizes(parts, [], config.measures), true).isWholeShown;
        const now = parts.clock.now();
        const stored = await storeMetrics(parts.store.read, loopPrincipal, now, isNamed);
        if (costs === undefined || Math.abs(now - costs.at) >= costsAgeMs)
          costs = { at: now, metrics: costMetrics(await fixCosts(parts, config.measures)) };
        const text = metricsText([
          ...stored,
          ...costs.metrics,
          ...requestMetrics(requests),
          ...processMetrics(),
        ]);
        return c.body(text, 200, { 'Content-Type': metricsType });
      },
    }),
  };
}

async function storeMetrics(
  read: StoreRead,
  principal: Principal,
  now: number,
  isNamed: boolean,
): Promise<readonly Metric[]> {
  const [loops, totals, channels, due, days] = await Promise.all([
    read.counts(principal),
    read.totals(principal),
    read.channelCounts(principal),
    read.dueMessages(principal, now),
    read.lastSourceDays(principal),
  ]);
  return [
    {
      name: 'foldback_loops',
      help: 'Loops by behaviour and state; where fewer than ten people are known, by state and of all behaviours.',
      type: 'gauge',
      values: isNamed
        ? loops.map(({ behaviour, state, n }) => ({ labels: { behaviour, state }, value: n }))
        : [...Map.groupBy(loops, ({ state }) => state)].map(([state, rows]) => ({
            labels: { behaviour: 'all', state },
            value: rows.reduce((sum, { n }) => sum + n, 0),
          })),
    },
    {
      name: 'foldback_messages',
      help: 'Messages by state; dead, refused, bounced and uncertain ones wait for a person.',
      type: 'gauge',
      values: totals.messages.map(({ state, n }) => ({ labels: { state }, value: n })),
    },
    {
      name: 'foldback_channel_messages',
      help: 'Messages by channel and what became of them.',
      type: 'gauge',
      values: channels.map(({ channel, outcome, n }) => ({ labels: { channel, outcome }, value: n })),
    },
    {
      name: 'foldback_words_waiting',
      help: 'Words that fall due later, or wait for the attention budget.',
      type: 'gauge',
      values: [{ value: totals.wants }],
    },
    {
      name: 'foldback_messages_due',
      help: 'Messages whose time has come and which no channel has yet.',
      type: 'gauge',
      values: [{ value: due.n }],
    },
    {
      name: 'foldback_messages_due_age_seconds',
      help: 'How long the one that has waited longest is due: grows when nothing delivers.',
      type: 'gauge',
      values: [
        {
          value: due.oldestDueAt === undefined ? 0 : Math.max(0, Math.round((now - due.oldestDueAt) / 1_000)),
        },
      ],
    },
    {
      name: 'foldback_source_silent_days',
      help: 'Whole days since a source spoke. Silence proves nothing fixed.',
      type: 'gauge',
      values: [...days].map(([source, day]) => ({
        labels: { source },
        value: Math.max(0, Math.floor((now - Date.parse(day)) / dayMs)),
      })),
    },
  ];
}

function costMetrics(costs: readonly FixCosts[]): readonly Metric[] {
  const values = (of: 'messages' | 'minutes') =>
    costs.flatMap(({ behaviour, [of]: figure }) =>
      figure.kind === 'per-fix'
        ? [{ labels: { behaviour }, value: Number(figure.value.toPrecision(6)) }]
        : [],
    );
  return [
    {
      name: 'foldback_messages_per_fix',
      help: 'Messages for each proven fix, of loops opened thirty days ago or earlier.',
      type: 'gauge',
      values: values('messages'),
    },
    {
      name: 'foldback_operator_minutes_per_fix',
      help: 'Minutes of operators for each proven fix, as measures.minutesPerDecision assumes.',
      type: 'gauge',
      values: values('minutes'),
    },
  ];
}

function requestMetrics(requests: RequestCounts): readonly Metric[] {
  return [
    {
      name: 'foldback_http_requests_total',
      help: 'Answers of this process by route and status.',
      type: 'counter',
      values: requests.read().map(({ route, status, n }) => ({ labels: { route, status }, value: n })),
    },
    {
      name: 'foldback_http_request_duration_seconds',
      help: 'How long answers of this process took, by route.',
      type: 'histogram',
      values: requests.durations().flatMap(({ route, n, seconds, buckets }) => [
        ...durationBounds.map((bound, at) => ({
          suffix: '_bucket',
          labels: { route, le: String(bound) },
          value: buckets[at] ?? 0,
        })),
        { suffix: '_bucket', labels: { route, le: '+Inf' }, value: n },
        { suffix: '_sum', labels: { route }, value: Number(seconds.toFixed(6)) },
        { suffix: '_count', labels: { route }, value: n },
      ]),
    },
  ];
}
