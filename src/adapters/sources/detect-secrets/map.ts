import type { SecretFacts } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { providerOf } from '../../../core/secret-provider.ts';
import { compact, isDict, textOf } from '../../../lib/guards.ts';
import type { Source } from '../../../ports/source.ts';
import { type DetectSecretsFinding, readFinding } from './schema.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a finding is an object' };
  const finding = readFinding(record, textOf(context.document?.['*']));
  if (finding === undefined)
    return { rejected: 'type or hashed_secret is missing', pointer: '/hashed_secret' };
  const version = textOf(context.document?.version);
  // An auditor who says that it is no secret has judged the finding: that is no new failure.
  const isJudged = finding.isSecret === false;
  return [
    makeEvent(
      {
        source: 'detect-secrets',
        kind: isJudged ? 'secret.status' : 'secret.committed',
        where: compact({ repository: context.repository, file: finding.file, line: finding.line }),
        detector: { name: 'detect-secrets', ...(version === undefined ? {} : { version }) },
        strong: [{ kind: 'scanner-hash', parts: ['detect-secrets', finding.hash] }],
        secret: { provider: providerOf(finding.type), rule: finding.type, ...validityOf(finding) },
        record: {
          type: finding.type,
          file: finding.file,
          line: finding.line,
          verified: finding.isVerified,
          audited: finding.isSecret === undefined ? undefined : isJudged ? 'no-secret' : 'secret',
          ...(isJudged ? { state: 'resolved', resolution: 'false_positive' } : {}),
        },
      },
      context,
    ),
  ];
};

/** Not verified means that nobody accepted the secret, for whatever reason, also that no one was asked. */
function validityOf(finding: DetectSecretsFinding): {
  validity: SecretFacts['validity'];
  validityNote?: string;
} {
  if (finding.verifiedResult === false)
    return { validity: 'inactive', validityNote: 'the provider rejected it' };
  return finding.isVerified ? { validity: 'active' } : { validity: 'unknown', validityNote: 'not verified' };
}
