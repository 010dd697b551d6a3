import { detectableHazardRatio } from '../measures/experiment/plan.ts';
import { endOf } from './check-document.ts';
import type { ExperimentDocument } from './document.ts';
import type { Comparison, Fault, Readout } from './evidence.ts';

/** Sentences of the packs, by name, with `{slots}`. */
export type VerdictWords = {
  readonly language: string;
  readonly verdicts: Readonly<Record<string, string>>;
  readonly readout: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, string>>;
};

export type Said = { readonly verdict: string; readonly details: readonly string[] };

const silentDays = 7;
const detectableMin = 0.05;
const dayMs = 86_400_000;

/** A comparison in the words of the packs. What is broken shows no result. */
export function sayComparison(
  words: VerdictWords,
  document: ExperimentDocument,
  readout: Readout,
  comparison: Comparison,
  more: { readonly now: number; readonly standsAmongAll: boolean },
): Said {
  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat(words.language, { maximumFractionDigits: digits, useGrouping: false }).format(
      value,
    );
  const fill = (text: string | undefined, values: Readonly<Record<string, string>>) =>
    (text ?? '').replaceAll(/\{(\w+)\}/gu, (slot, name: string) => values[name] ?? slot);
  const [usual] = document.arms;
  const names = { arm: comparison.arm, usual: usual?.id ?? '', window: document.window.replace('d', ' d') };
  // Of an experiment that was heard to its end, silence afterwards hides nothing.
  const isHeardOut = readout.areWindowsClosed && readout.watchedUntil >= endOf(document);
  const silent =
    !isHeardOut && more.now - readout.watchedUntil > silentDays * dayMs
      ? [fill(words.readout['silent'], { date: new Date(readout.watchedUntil).toISOString().slice(0, 10) })]
      : [];
  if (comparison.code === 'broken')
    return {
      verdict: words.verdicts['broken'] ?? '',
      details: [...comparison.faults.map((fault) => sayFault(words, names, fault)), ...silent],
    };
  const { riskRatio, n, e, gap, clusters } = comparison;
  const verdict = fill(words.verdicts[verdictName(comparison)], {
    lower: number(riskRatio?.lower ?? 0, 2),
    upper: number(riskRatio?.upper ?? 0, 2),
  });
  const riskOf = (arm: string) => readout.arms.find((one) => one.arm === arm)?.risk;
  const [own, other] = [riskOf(comparison.arm), riskOf(names.usual)];
  const details: string[] = [];
  if (own && other)
    details.push(
      fill(words.readout['risks'], {
        ...names,
        armRisk: number(own.value * 100),
        usualRisk: number(other.value * 100),
      }),
    );
  if (gap !== null)
    details.push(
      fill(words.readout[gap.kind === 'closed' ? 'gapClosed' : 'gapOpen'], {
        gapLower: number(gap.lower * 100),
        gapUpper: number(gap.upper * 100),
      }),
    );
  if (clusters !== null)
    details.push(
      fill(words.readout['clusters'], {
        armClusters: number(clusters.arm),
        usualClusters: number(clusters.usual),
      }),
    );
  else if (n === 0) details.push(words.readout['nothingYet'] ?? '');
  else {
    details.push(fill(words.readout['evidence'], { e: number(e ?? 0, (e ?? 0) < 10 ? 1 : 0), n: number(n) }));
    const share = shareOf(document, comparison.arm);
    const detectable = detectableHazardRatio(n, share);
    // Too few for any ratio: the verdict says so.
    if (detectable >= detectableMin)
      details.push(fill(words.readout['detectable'], { detectable: number(detectable, 2) }));
  }
  if (comparison.isCheck) details.push(words.readout['check'] ?? '');
  if (comparison.isDrifting) details.push(words.readout['drifting'] ?? '');
  if (comparison.code === 'works' && !more.standsAmongAll) details.push(words.readout['notAlone'] ?? '');
  return { verdict, details: [...details, ...silent] };
}

function verdictName({ code, riskRatio, clusters }: Comparison): string {
  if (code !== 'too-early') return code;
  if (clusters !== null) return 'too-early-clusters';
  return riskRatio?.upper === null || riskRatio === null ? 'too-early-open' : 'too-early';
}

/** The arm's part of it and the usual one. */
export function shareOf({ arms }: ExperimentDocument, arm: string): number {
  const own = arms.find(({ id }) => id === arm)?.share ?? 0.5;
  return own / (own + (arms[0]?.share ?? 0.5));
}

function sayFault(
  words: VerdictWords,
  names: { readonly arm: string; readonly usual: string },
  fault: Fault,
): string {
  const values: Readonly<Record<string, string>> = {
    ...names,
    ...('arm' in fault ? { arm: fault.arm } : {}),
    ...('due' in fault ? { due: String(fault.due), delivered: String(fault.delivered) } : {}),
    ...('missing' in fault ? { missing: fault.missing.join(', ') } : {}),
  };
  return (words.faults[fault.code] ?? '').replaceAll(
    /\{(\w+)\}/gu,
    (slot, name: string) => values[name] ?? slot,
  );
}
