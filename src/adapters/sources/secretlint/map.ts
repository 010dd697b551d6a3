import { makeEvent } from '../../../core/make-event.ts';
import { providerOf, providerOfValue } from '../../../core/secret-provider.ts';
import { compact, isDict } from '../../../lib/guards.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { readMessage, type SecretlintMessage } from './schema.ts';

/** Rules that find no secret: a home directory in a path, a file that is only suspicious by its name. */
const otherRules: ReadonlySet<string> = new Set(['no-homedir', 'no-dotenv']);

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a message is an object' };
  const message = readMessage(record, context.document ?? {});
  if (message === undefined) return { rejected: 'ruleId is missing', pointer: '/ruleId' };
  return [eventOf(message, context)];
};

function eventOf(message: SecretlintMessage, context: MapContext) {
  const isSecret = !otherRules.has(message.rule);
  const byName = providerOf(`${message.rule} ${message.messageId ?? ''}`);
  return makeEvent(
    {
      source: 'secretlint',
      kind: isSecret ? 'secret.committed' : 'finding.reported',
      where: compact({
        repository: context.repository,
        file: message.file,
        line: message.line,
        startColumn: message.startColumn,
        endColumn: message.endColumn,
      }),
      id: [message.rule, message.messageId],
      detector: { name: 'secretlint' },
      ...(isSecret
        ? {
            secret: {
              provider: byName === 'generic' ? (providerOfValue(message.secret ?? '') ?? byName) : byName,
              rule: message.rule,
              value: message.secret,
              alsoSecret: message.shown,
            },
          }
        : {}),
      record: {
        rule: message.rule,
        messageId: message.messageId,
        severity: message.severity,
        file: message.file,
        line: message.line,
      },
    },
    context,
  );
}
