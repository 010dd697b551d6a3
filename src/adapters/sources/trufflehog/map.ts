import { commitAuthor } from '../../../core/commit-author.ts';
import type { Event, Json, SecretFacts } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { commitHash, repositoryName } from '../../../core/repository-name.ts';
import { providerOf, providerOfValue, type SecretProvider } from '../../../core/secret-provider.ts';
import { compact, type Dict, isDict, ordinalOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import {
  isLogLine,
  readVersion2,
  readVersion3,
  type TrufflehogCommit,
  type TrufflehogResult,
} from './schema.ts';

/** Members of a place and of `ExtraData` that say where a secret lives or whose it is, and never hold one. */
const placeMembers = [
  'bucket',
  'image',
  'layer',
  'tag',
  'channel_name',
  'issue',
  'space',
  'page',
  'workspace',
  'project',
];
const extraMembers = [
  'account',
  'arn',
  'user_id',
  'username',
  'login',
  'team',
  'org',
  'organization',
  'resource_type',
  'is_canary',
];

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a result is an object' };
  if ('SourceMetadata' in record) {
    const result = readVersion3(record);
    return result === undefined
      ? { rejected: 'DetectorName or SourceMetadata.Data is missing', pointer: '/SourceMetadata' }
      : [resultEvent(result, context)];
  }
  if ('stringsFound' in record) {
    const commit = readVersion2(record);
    return commit === undefined
      ? { rejected: 'reason or stringsFound is missing', pointer: '/stringsFound' }
      : commit.strings.map((text) => commitEvent(commit, text, context));
  }
  return isLogLine(record) ? [] : { rejected: 'SourceMetadata is missing', pointer: '/SourceMetadata' };
};

function resultEvent(result: TrufflehogResult, context: MapContext): Event {
  const { place } = result;
  const link = textOf(place.link);
  const commit = commitHash(textOf(place.commit));
  // In a chat or a wiki the address is of who wrote the page.
  const { actor, leads } = commitAuthor(
    { email: textOf(place.email) },
    commit === undefined ? 'resource-owner' : 'commit-author',
  );
  const { validity, note } = validityOf(result);
  // The provider itself said whose key it is: by it, labels and catalogues find the owner.
  const account = textOf(result.extra.arn);
  return makeEvent(
    {
      source: 'trufflehog',
      kind: 'secret.committed',
      // A later scan that finds the same secret in another state is news.
      // Its state is left out: a rescan of the same finding is the same event, and brings its state as news.
      occurredAt: instantOf(place.timestamp ?? place.created_at ?? place.date_created),
      actor,
      leads,
      ...(account === undefined ? {} : { resource: { type: 'account', id: account } }),
      where: compact({
        repository: repositoryOf(place, link) ?? context.repository,
        commit,
        file: textOf(place.file) ?? textOf(place.filename) ?? textOf(place.path),
        line: ordinalOf(place.line),
        url: link,
      }),
      detector: { name: 'trufflehog', version: '3' },
      secret: {
        provider: providerFor(result.detector, result.raw),
        rule: result.detector,
        value: result.raw,
        alsoSecret: result.otherForms,
        validity,
        ...(note === undefined ? {} : { validityNote: note }),
      },
      record: {
        detector: result.detector,
        decoder: result.decoder,
        verified: result.isVerified,
        medium: result.medium,
        ...named(place, placeMembers),
        ...named(result.extra, extraMembers),
      },
    },
    context,
  );
}

function commitEvent(commit: TrufflehogCommit, text: string, context: MapContext): Event {
  return makeEvent(
    {
      source: 'trufflehog',
      kind: 'secret.committed',
      occurredAt: instantOf(commit.date),
      where: compact({
        repository: context.repository,
        commit: commitHash(commit.commit),
        file: commit.path,
        branch: commit.branch,
      }),
      detector: { name: 'trufflehog', version: '2' },
      secret: {
        provider: providerFor(commit.reason, text),
        rule: commit.reason,
        value: text,
        alsoSecret: commit.strings,
        validity: 'unknown',
      },
      record: { reason: commit.reason, path: commit.path, branch: commit.branch, medium: 'git' },
    },
    context,
  );
}

/**
 * `Verified: true` means that the provider accepted the secret. `false` means that nobody accepted it, for whatever
 * reason, also that no one was asked (`--no-verification`): that alone proves nothing.
 */
function validityOf(result: TrufflehogResult): { validity: SecretFacts['validity']; note?: string } {
  if (result.isVerified) return { validity: 'active' };
  return {
    validity: 'unknown',
    note: result.verificationError === undefined ? 'not verified' : 'verification failed',
  };
}

function providerFor(name: string, value: string | undefined): SecretProvider {
  const byName = providerOf(name);
  return byName === 'generic' ? (providerOfValue(value ?? '') ?? byName) : byName;
}

function repositoryOf(place: Dict, link: string | undefined): string | undefined {
  const text = textOf(place.repository) ?? textOf(place.repo);
  const own = repositoryName(text);
  const workspace = textOf(place.workspace) ?? textOf(place.organization);
  if (own !== undefined && !own.includes('/') && workspace !== undefined) return `${workspace}/${own}`;
  return own ?? (place.commit === undefined ? undefined : repositoryName(link));
}

function named(record: Dict, members: readonly string[]): Record<string, Json> {
  const kept: Record<string, Json> = {};
  for (const name of members) {
    const value = record[name];
    if (
      (typeof value === 'string' && value !== '') ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      kept[name] = value;
  }
  return kept;
}
