import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packOptions } from '../src/content.ts';
import { openLogSources } from '../src/core/rules/log-source.ts';
import type { Rule } from '../src/core/rules/rule.ts';
import { compileRules } from '../src/core/rules/rule-book.ts';
import { compileRuleSet } from '../src/core/rules/rule-set.ts';
import { readLogSourceEntries } from '../src/packs/log-sources-file.ts';
import { openPackFolder, shippedPacksDir } from '../src/packs/pack-folder.ts';
import { readRuleFile } from '../src/packs/rule-files.ts';
import { type Figure, figure, note, size } from './support/figure.ts';
import { sigmaRules } from './support/sigma-rules.ts';
import { type BenchEvent, vendorEvents } from './support/vendor-records.ts';

/** Seconds for 100,000 events on one core. */
const limitSeconds = 2;

/**
 * 300 rules over 100,000 events in one thread, without a warm-up; events are made outside of the time that counts.
 * What counts is processor time with that of the garbage collector, so that other work on the machine does not. The
 * limit is two seconds (for other sizes in proportion to the events), and the ratio is Foldback's share of them: up to
 * 1 is good. Beside it, in the same run: asking every rule about every event of a sample, which must find the same.
 */
export async function bench(): Promise<Figure> {
  const ruleCount = size('RULES', 300);
  const eventCount = size('EVENTS', 100_000);
  const rules = benchRules(ruleCount);
  const set = compileRuleSet(rules);
  const events = [...vendorEvents(eventCount)];

  let matches = 0;
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (const event of events) matches += set.match(event).length;
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1_000_000;
  const wall = (performance.now() - startedAt) / 1000;

  const asked = events.reduce((sum, event) => sum + set.candidates(event), 0);
  note(
    `${rules.length} rules, ${eventCount} events: ${matches} matches in ${seconds.toFixed(2)} s (${wall.toFixed(2)} s by the clock)`,
  );
  note(`asked per event: ${(asked / eventCount).toFixed(1)} rules of ${rules.length}`);
  const naive = naiveSeconds(rules, set, events);
  note(`every rule about every event: ${naive.toFixed(1)} s (from a sample)`);
  return figure((limitSeconds * eventCount) / 100_000, seconds, 's');
}

/** Public rules of sources that these events have, if they are there; the rest is generated. */
function benchRules(count: number): readonly Rule[] {
  const logSources = openLogSources(readLogSourceEntries(openPackFolder(shippedPacksDir(), []), []));
  const options = { regex: packOptions.regex, logSources };
  const found = publicDocuments().map((document) => ({ document }));
  const heard = compileRules(found, options).rules.filter(({ targets }) =>
    targets.some(({ log }) => log?.source !== undefined),
  );
  const made = compileRules(
    sigmaRules(count).map((document) => ({ document })),
    options,
  );
  if (made.refusals.length > 0) throw new Error(made.refusals[0]?.reason);
  // At least half are made for these events, so that there is something to match.
  const used = heard.slice(0, Math.floor(count / 2));
  note(`${used.length} public rules, ${count - used.length} generated`);
  return [...used, ...made.rules.slice(0, count - used.length)];
}

function publicDocuments(): readonly unknown[] {
  const folder = join(
    process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../shared/corpus'),
    'sigma',
  );
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/u.test(name) && !name.startsWith('_'))
    .sort()
    .flatMap((name) => readRuleFile(readFileSync(join(folder, name), 'utf8'), name, []))
    .map(({ document }) => document);
}

function naiveSeconds(
  rules: readonly Rule[],
  set: ReturnType<typeof compileRuleSet>,
  events: readonly BenchEvent[],
): number {
  const sample = events.slice(0, 2_000);
  const before = process.cpuUsage();
  const found = sample.map((event) => rules.filter((rule) => rule.matches(event)));
  const { user, system } = process.cpuUsage(before);
  const seconds = ((user + system) / 1_000_000) * (events.length / sample.length);
  for (const [index, event] of sample.entries()) {
    const indexed = set.match(event).map(({ rule }) => rule);
    const isSame =
      indexed.length === found[index]?.length && indexed.every((rule) => found[index]?.includes(rule));
    if (!isSame) throw new Error(`the index and the rules differ about event ${event.id}`);
  }
  return seconds;
}
