import { commitAuthor } from '../../../core/commit-author.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { commitHash } from '../../../core/repository-name.ts';
import { providerOf, providerOfValue } from '../../../core/secret-provider.ts';
import { compact, dictOf, isDict } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { categoryOf, type GitlabFinding, readFinding } from './schema.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a vulnerability is an object' };
  const scan = dictOf(context.document?.scan);
  const category = categoryOf(record, scan);
  if (category !== undefined && category !== 'secret_detection')
    return { rejected: 'not a finding of secret detection', pointer: '/category' };
  const finding = readFinding(record, scan);
  if (finding === undefined) return { rejected: 'identifiers or location is missing', pointer: '/location' };
  return [eventOf(finding, context)];
};

function eventOf(finding: GitlabFinding, context: MapContext) {
  const { author } = finding;
  const { actor, leads } = commitAuthor(
    author?.includes('@') === true ? { email: author } : { name: author },
  );
  const byName = providerOf(`${finding.rule} ${finding.name ?? ''} ${finding.description ?? ''}`);
  return makeEvent(
    {
      source: 'gitlab',
      kind: 'secret.committed',
      occurredAt: instantOf(finding.date),
      actor,
      leads,
      where: compact({
        repository: context.repository,
        commit: commitHash(finding.commit),
        file: finding.file,
        line: finding.line,
      }),
      detector: finding.scanner,
      secret: {
        provider: byName === 'generic' ? (providerOfValue(finding.secret ?? '') ?? byName) : byName,
        rule: finding.rule,
        value: finding.secret,
      },
      record: {
        rule: finding.rule,
        name: finding.name,
        severity: finding.severity,
        confidence: finding.confidence,
        file: finding.file,
        startLine: finding.line,
        endLine: finding.endLine,
        likelyFalsePositive: finding.isLikelyFalse ? true : undefined,
      },
    },
    context,
  );
}
