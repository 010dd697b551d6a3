import type { Actor } from '../../src/core/event.ts';
import { emptyFacts } from '../../src/core/loop/facts.ts';
import type { TaxonomyStamp } from '../../src/core/taxonomy/remap.ts';
import type { LoopRow } from '../../src/ports/store.ts';

let n = 0;
export const newId = () => (++n).toString(16).padStart(32, '0');

export type MeasuredLoopGiven = {
  readonly behaviour: string;
  readonly team?: string;
  readonly unit?: string;
  readonly kind?: Actor['type'];
  readonly campaign?: string;
  readonly at: number;
  readonly openedAt?: number;
  readonly toldAt?: number;
  readonly answeredAt?: number;
  readonly verifiedAt?: number;
  readonly relapseOf?: string;
  readonly judged?: TaxonomyStamp;
  /** The tool that was used. */
  readonly tool?: string;
};

/** A loop as the engine would save it when this had happened. */
export function measuredLoop(given: MeasuredLoopGiven): LoopRow {
  const { behaviour, team = 'blue', unit, at, toldAt, answeredAt, verifiedAt, openedAt = at } = given;
  const loop = newId();
  const recipient = { kind: 'person', id: 'ana' } as const;
  const joins = given.campaign === undefined ? {} : { joins: { campaign: given.campaign } };
  const judged = given.judged === undefined ? {} : { judged: given.judged };
  const resource = given.tool === undefined ? {} : { resource: { type: 'tool', id: given.tool } };
  const actor = { type: given.kind ?? 'person' } as const;
  return {
    id: loop,
    caseCode: `FB-${loop.slice(-6)}`,
    behaviour,
    state: verifiedAt === undefined ? 'told' : 'verified',
    isStub: false,
    rung: verifiedAt === undefined ? 'none' : 'verified',
    isLive: true,
    owner: { kind: 'person', id: 'ana', confidence: 0.9 },
    ...(team === '' ? {} : { team }),
    ...(unit === undefined ? {} : { habit: unit }),
    firstOccurredAt: at,
    lastOccurredAt: at,
    ...(verifiedAt === undefined ? {} : { verifiedAt }),
    ...(given.relapseOf === undefined ? {} : { relapseOf: given.relapseOf }),
    updatedAt: openedAt,
    seq: 1,
    head: '',
    facts: {
      ...emptyFacts(behaviour),
      sightings: 1,
      sources: ['scanner'],
      kept: [
        {
          event: loop,
          source: 'scanner',
          at,
          where: {},
          evidence: [],
          actor,
          ...joins,
          ...judged,
          ...resource,
        },
      ],
      messages:
        toldAt === undefined
          ? []
          : [
              {
                message: newId(),
                moment: 'told',
                occasion: 'told',
                recipient,
                at: toldAt,
                outcome: 'accepted',
              },
            ],
      replies:
        answeredAt === undefined
          ? []
          : [{ id: newId(), at: answeredAt, answer: 'done', by: recipient, isWeak: true }],
    },
  };
}
