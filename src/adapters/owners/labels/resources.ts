import type { Identity } from '../../../core/event.ts';
import type { OwnedThing } from '../../../core/owned-things.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';
import { claimsOf, type Label } from './claims.ts';

/** Lists in which exports stand: AWS tagging API, Kubernetes, Azure and Google command lines. */
const listNames = ['ResourceTagMappingList', 'items', 'value', 'resources', 'results', 'Resources'];

/**
 * Resources of one document, whichever of the known exports it is:
 *
 * - AWS Resource Groups Tagging API, `GetResources`: `{"ResourceTagMappingList":[{"ResourceARN", "Tags":[{"Key","Value"}]}]}`
 * - Kubernetes objects and lists: `metadata.labels` and `metadata.annotations`
 * - Terraform resources with tags, one a line: `{"resource_type","resource_name","tags":{}}`
 * - Google and Azure command lines: lists of `{"name" | "id", "labels" | "tags": {}}`
 */
export function readResources(document: unknown): readonly OwnedThing[] {
  if (Array.isArray(document)) return document.flatMap(readResources);
  const root = dictOf(document);
  if (root === undefined) return [];
  const list = listNames.map((name) => root[name]).find((value) => Array.isArray(value));
  if (list !== undefined) return listOf(list).flatMap(readResources);
  return dictOf(root.metadata) === undefined ? taggedThing(root) : kubernetesThing(root);
}

function taggedThing(root: Dict): readonly OwnedThing[] {
  const arn = textOf(root.ResourceARN) ?? textOf(root.Arn) ?? textOf(root.arn);
  const address =
    textOf(root.resource_type) === undefined
      ? undefined
      : `${textOf(root.resource_type) ?? ''}.${textOf(root.resource_name) ?? ''}`;
  const labels = [...pairs(root.Tags), ...pairs(root.tags), ...pairs(root.labels)];
  const trace = labels.find(({ key }) => key === 'yor_trace')?.value;
  const names = [arn, address, trace, textOf(root.id), textOf(root.name), textOf(root.email)].filter(
    (name) => name !== undefined,
  );
  const identity = arn === undefined ? googleIdentity(root) : awsIdentity(arn);
  if (names.length === 0 || (labels.length === 0 && identity === undefined)) return [];
  return [{ ...(identity === undefined ? {} : { identity }), names, claims: claimsOf(labels) }];
}

/** Users and roles are identities; a bucket is none. */
function awsIdentity(arn: string): Identity | undefined {
  const found = /^arn:[^:]+:iam::\d*:(user|role)\/.+$/u.exec(arn);
  return found === null ? undefined : { type: `iam-${found[1]}`, id: arn, provider: 'aws' };
}

function googleIdentity(root: Dict): Identity | undefined {
  const email = textOf(root.email);
  return email?.endsWith('.gserviceaccount.com') === true
    ? { type: 'service-account', id: email, provider: 'gcp' }
    : undefined;
}

/** Annotations of a service account under which clouds know it. */
const cloudNames = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
];

function kubernetesThing(root: Dict): readonly OwnedThing[] {
  const metadata = dictOf(root.metadata) ?? {};
  const name = textOf(metadata.name);
  const kind = textOf(root.kind)?.toLowerCase();
  if (name === undefined || kind === undefined) return [];
  const namespace = textOf(metadata.namespace) ?? 'default';
  const annotations = dictOf(metadata.annotations) ?? {};
  const claims = claimsOf([...pairs(metadata.labels), ...pairs(annotations)]);
  const account = kind === 'serviceaccount' ? name : serviceAccountOf(root);
  const id = account === undefined ? undefined : `system:serviceaccount:${namespace}:${account}`;
  const isAccount = kind === 'serviceaccount' && id !== undefined;
  if (claims.length === 0 && !isAccount) return [];
  const names = [
    `${kind}/${namespace}/${name}`,
    `${namespace}/${name}`,
    ...(id === undefined ? [] : [id]),
    ...cloudNames.flatMap((key) => textOf(annotations[key]) ?? []),
  ];
  const identity = isAccount ? { identity: { type: 'service-account', id, provider: 'kubernetes' } } : {};
  return [{ ...identity, names, claims }];
}

/** The account that the pods of a workload use; the one called `default` is everybody's. */
function serviceAccountOf(root: Dict): string | undefined {
  const spec = dictOf(root.spec);
  const template = dictOf(dictOf(spec?.jobTemplate)?.spec) ?? spec;
  const pod = dictOf(dictOf(template?.template)?.spec) ?? spec;
  const name = textOf(pod?.serviceAccountName);
  return name === 'default' ? undefined : name;
}

/** Labels as an object, or as a list of keys and values. */
function pairs(value: unknown): readonly Label[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      const pair = dictOf(item);
      const [key, text] = [
        textOf(pair?.Key) ?? textOf(pair?.key),
        textOf(pair?.Value) ?? textOf(pair?.value),
      ];
      return key === undefined || text === undefined ? [] : [{ key, value: text }];
    });
  }
  return Object.entries(dictOf(value) ?? {}).flatMap(([key, text]) =>
    typeof text === 'string' && text !== '' ? [{ key, value: text }] : [],
  );
}
