import { z } from 'zod';
import { detectionBlock } from '../core/behaviour.ts';
import { type IpRange, isInRange, parseIpRange } from '../core/detection/ip-range.ts';
import { subjectOfEvent } from '../core/detection/subject.ts';
import type { Event } from '../core/event.ts';
import { judgeTrust, type TrustJudgement, type TrustRule } from '../core/judge/trust.ts';
import { compileBehaviourDetection, type DetectionContent } from './behaviour-detection.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,63}$/u, 'use small letters, digits and hyphens');

/** `trust/rules.yaml`. */
const trustSchema = z
  .array(
    z.strictObject({
      id: slug,
      outcome: z.enum(['unknown', 'untrusted']),
      behaviours: z.array(slug).min(1).exactOptional(),
      because: z.string().trim().min(10).max(300),
      detection: detectionBlock.exactOptional(),
      networks: z.enum(['scanners', 'securityTeam']).exactOptional(),
    }),
  )
  .max(200);

/** Address ranges that the settings name, for the rules that ask for them. */
export type TrustNetworks = {
  readonly scanners: readonly string[];
  readonly securityTeam: readonly string[];
};

type PackTrustRule = TrustRule & {
  readonly matches: (event: Event, networks: ReadonlyMap<string, readonly IpRange[]>) => boolean;
};

/** The gate of the packs. */
export type PackTrust = {
  readonly rules: readonly TrustRule[];
  /** Bound to the networks of an installation. */
  readonly gate: (networks: TrustNetworks) => (event: Event, behaviour: string) => TrustJudgement;
};

const trusted: TrustJudgement = { outcome: 'trusted', reasons: [] };

export function readTrust(folder: PackFolder, content: DetectionContent, problems: PackProblem[]): PackTrust {
  const rules = folder.matching(/^trust\/rules\.yaml$/u).flatMap(({ file }): readonly PackTrustRule[] => {
    const read = folder.yaml(file, trustSchema);
    return (read?.value ?? []).flatMap((rule, index): readonly PackTrustRule[] => {
      const report = (reason: string) =>
        problems.push({ file, line: read?.lineOf([index]) ?? 0, reason: `"${rule.id}": ${reason}` });
      const { detection, networks, ...said } = rule;
      if ((detection === undefined) === (networks === undefined)) {
        report('a rule has a detection, or the name of a list of networks');
        return [];
      }
      if (networks !== undefined) {
        return [{ ...said, matches: (event, lists) => isFrom(event, lists.get(networks) ?? []) }];
      }
      const compiled = compileBehaviourDetection(detection ?? {}, content);
      if (compiled.kind === 'error') {
        report(compiled.reason);
        return [];
      }
      return [{ ...said, matches: (event) => compiled.test(subjectOfEvent(event)) }];
    });
  });
  return { rules, gate: (networks) => gateOf(rules, networks) };
}

function gateOf(
  rules: readonly PackTrustRule[],
  networks: TrustNetworks,
): (event: Event, behaviour: string) => TrustJudgement {
  const ranges = new Map(
    Object.entries(networks).map(([name, list]) => [
      name,
      list.flatMap((text: string) => parseIpRange(text) ?? []),
    ]),
  );
  const byBehaviour = new Map<string, readonly PackTrustRule[]>();
  return (event, behaviour) => {
    let asked = byBehaviour.get(behaviour);
    if (asked === undefined) {
      asked = rules.filter(({ behaviours }) => behaviours === undefined || behaviours.includes(behaviour));
      byBehaviour.set(behaviour, asked);
    }
    const matched = asked.filter((rule) => rule.matches(event, ranges));
    return matched.length === 0 ? trusted : judgeTrust(matched);
  };
}

function isFrom({ network }: Event, ranges: readonly IpRange[]): boolean {
  const address = network?.address;
  return address !== undefined && ranges.some((range) => isInRange(address, range));
}
