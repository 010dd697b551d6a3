import type { ExperimentDocument } from '../../src/core/experiments/document.ts';
import type { Person } from '../../src/core/owner.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { fakeSecret, type House, leak, personOf } from '../support/house.ts';

/** A sound experiment of the shipped words, for tests to spoil. */
export function trialDocument(over: Partial<ExperimentDocument> = {}): ExperimentDocument {
  return {
    id: 'check-first',
    title: 'Name a tool, not a vault',
    hypothesis: 'Whoever is pointed to a check before each commit commits fewer secrets afterwards.',
    behaviour: 'secret-in-repository',
    moment: 'told',
    unit: 'person',
    arms: [
      { id: 'usual', share: 0.5, message: 'usual' },
      { id: 'check-first', share: 0.5, message: 'check-first' },
    ],
    outcome: 'recurred',
    window: '90d',
    smallestEffect: 0.5,
    recurrencesMax: 1000,
    endsOn: '2027-12-31',
    guardrails: [],
    registeredBy: 'person-1',
    ...over,
  };
}

export function crowd(n: number): readonly Person[] {
  return Array.from({ length: n }, (_, index) => personOf(`person-${index + 1}`));
}

export type LeakMore = {
  readonly source?: string;
  readonly receivedAt?: number;
  readonly detector?: string;
  readonly repositoryOf?: (author: string) => string;
};

let secrets = 0;

/** A secret of each of these people, found at an instant. By author. */
export async function leakOf(
  house: House,
  authors: readonly string[],
  at: number,
  more: LeakMore = {},
): Promise<ReadonlyMap<string, string>> {
  const leaked = new Map<string, string>();
  const events = authors.map((author) => {
    secrets += 1;
    const n = secrets;
    leaked.set(author, fakeSecret(100_000 + n));
    const { source, receivedAt, detector, repositoryOf } = more;
    const found = leak({
      at,
      author,
      secret: fakeSecret(100_000 + n),
      file: `src/file-${n}.py`,
      ...(source === undefined ? {} : { source }),
      ...(receivedAt === undefined ? {} : { receivedAt }),
      ...(repositoryOf === undefined ? {} : { repository: repositoryOf(author) }),
    });
    return detector === undefined ? found : { ...found, detector: { name: 'rules', version: detector } };
  });
  for (let from = 0; from < events.length; from += 500)
    await ingest(house.parts, {
      source: more.source ?? 'scanner',
      receivedAt: more.receivedAt ?? at,
      mode: 'live',
      events: events.slice(from, from + 500),
    });
  return leaked;
}
