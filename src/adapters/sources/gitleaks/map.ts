import { commitAuthor } from '../../../core/commit-author.ts';
import type { SecretFacts } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { commitHash, repositoryName } from '../../../core/repository-name.ts';
import { providerOf, providerOfValue } from '../../../core/secret-provider.ts';
import { compact, isDict } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { type GitleaksFinding, readSarifResult, readVersion7, readVersion8, sarifTool } from './schema.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a finding is an object' };
  if ('ruleId' in record && context.document !== undefined) {
    const finding = readSarifResult(record, context.document);
    if (finding === undefined) return { rejected: 'ruleId is missing', pointer: '/ruleId' };
    return [eventOf(finding, context, sarifTool(context.document.tool) ?? { name: 'gitleaks' })];
  }
  if ('rule' in record && 'offender' in record) {
    const finding = readVersion7(record);
    if (finding === undefined) return { rejected: 'rule or offender is empty', pointer: '/rule' };
    return [eventOf(finding, context, { name: 'gitleaks', version: '7' })];
  }
  const finding = readVersion8(record);
  if (finding === undefined) return { rejected: 'RuleID is missing', pointer: '/RuleID' };
  return [eventOf(finding, context, { name: 'gitleaks', version: '8' })];
};

function eventOf(
  finding: GitleaksFinding,
  context: MapContext,
  detector: { readonly name: string; readonly version?: string },
) {
  const { actor, leads } = commitAuthor({ name: finding.author, email: finding.email });
  const named = finding.repository.map(repositoryName).find((name) => name !== undefined);
  // Version 7 writes the bare name of the folder; who imports the report knows the whole name.
  const repository = named?.includes('/') === true ? named : (context.repository ?? named);
  const byName = providerOf(`${finding.rule} ${finding.description ?? ''}`);
  const { validity, note } = validityOf(finding.validation);
  return makeEvent(
    {
      source: 'gitleaks',
      kind: 'secret.committed',
      // A later report that says otherwise about the same place is news.
      occurredAt: instantOf(finding.date),
      actor,
      leads,
      where: compact({
        repository,
        commit: commitHash(finding.commit),
        file: finding.file,
        line: finding.startLine,
        startColumn: finding.startColumn,
        endColumn: finding.endColumn,
        url: finding.link,
      }),
      detector,
      secret: {
        provider: byName === 'generic' ? (providerOfValue(finding.secret ?? '') ?? byName) : byName,
        rule: finding.rule,
        value: finding.secret,
        validity,
        ...(note === undefined ? {} : { validityNote: note }),
      },
      record: {
        rule: finding.rule,
        description: finding.description,
        file: finding.file,
        startLine: finding.startLine,
        endLine: finding.endLine,
        tags: finding.tags.length === 0 ? undefined : finding.tags,
        entropy: finding.entropy,
        validation: finding.validation,
      },
    },
    context,
  );
}

/** Gitleaks itself asks no provider. Its successor writes `ValidationStatus`, in capitals at first. */
function validityOf(status: string | undefined): { validity: SecretFacts['validity']; note?: string } {
  switch (status?.toLowerCase()) {
    case 'valid':
    case 'confirmed':
      return { validity: 'active' };
    case 'revoked':
      return { validity: 'inactive', note: 'revoked' };
    case 'invalid':
      return { validity: 'inactive', note: 'the provider rejected it' };
    case undefined:
      return { validity: 'unknown' };
    default:
      return { validity: 'unknown', note: 'not verified' };
  }
}
