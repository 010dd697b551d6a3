import { compact, type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';

/** Codes of google.rpc.Code that say no, as the API server says it. */
const statusOfRpc: Readonly<Record<number, number>> = {
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  13: 500,
  14: 503,
  16: 401,
};

/**
 * The event of an entry of Cloud Logging whose service is `k8s.io`, in the members of `audit.k8s.io/v1`, so that what
 * reads one log reads both. The entry's own form stays beside it. Undefined for another service.
 *
 * https://cloud.google.com/kubernetes-engine/docs/how-to/audit-logging
 */
export function gkeEvent(
  entry: Dict,
  payload: Dict,
): { readonly audit: Dict; readonly around: Dict } | undefined {
  if (payload.serviceName !== 'k8s.io') return undefined;
  const authentication = dictOf(payload.authenticationInfo);
  const metadata = dictOf(payload.requestMetadata);
  const method = ofMethod(textOf(payload.methodName) ?? '');
  const object = ofResource(textOf(payload.resourceName) ?? '');
  const { protoPayload: _, ...around } = entry;
  const operation = textOf(dictOf(entry.operation)?.id);
  const address = textOf(metadata?.callerIp) ?? textOf(metadata?.callerIP);
  return {
    audit: compact({
      kind: 'Event',
      // The operation is the API server's own id of the request; an entry has one of its own as well.
      auditID: operation ?? textOf(entry.insertId),
      verb: method.verb,
      user: compact({
        username: textOf(authentication?.principalEmail) ?? textOf(authentication?.authoritySelector),
      }),
      sourceIPs: address === undefined ? undefined : [address],
      userAgent: textOf(metadata?.callerSuppliedUserAgent),
      requestURI: method.verb === undefined ? textOf(payload.resourceName) : undefined,
      objectRef:
        object === undefined && method.resource === undefined
          ? undefined
          : compact({ resource: method.resource, subresource: method.subresource, ...object }),
      responseStatus: statusOf(payload),
      requestObject: dictOf(payload.request),
      annotations: dictOf(entry.labels),
    }),
    around: { ...around, protoPayload: payload },
  };
}

type Method = {
  readonly verb: string | undefined;
  readonly resource: string | undefined;
  readonly subresource: string | undefined;
};

/** `io.k8s.core.v1.pods.exec.create`: after the version the resource, its subresource, the verb. */
function ofMethod(name: string): Method {
  const steps = name.slice(0, 500).split('.');
  const version = steps.findIndex((step) => /^v\d+(?:(?:alpha|beta)\d+)?$/u.test(step));
  const [resource, ...rest] = version < 0 ? [] : steps.slice(version + 1);
  const verb = rest.at(-1);
  if (verb === undefined) return { verb: undefined, resource: undefined, subresource: undefined };
  return { verb, resource, subresource: rest.length > 1 ? rest.slice(0, -1).join('/') : undefined };
}

/** `core/v1/namespaces/default/pods/web/exec`: group, version, and the path of the object. */
function ofResource(name: string): Dict | undefined {
  const [group, version, ...path] = name.slice(0, 2000).split('/');
  if (group === undefined || group === '' || version === undefined || path.length === 0) return undefined;
  const isNamespaced = path[0] === 'namespaces' && path.length > 2;
  const [resource, object, ...below] = isNamespaced ? path.slice(2) : path;
  return compact({
    ...(group === 'core' ? {} : { apiGroup: group }),
    apiVersion: version,
    namespace: isNamespaced ? path[1] : undefined,
    resource,
    name: object,
    subresource: below.length === 0 ? undefined : below.join('/'),
  });
}

/** What is let through has an empty status, or none and a permission that was granted. */
function statusOf(payload: Dict): Dict | undefined {
  const status = dictOf(payload.status);
  const code = typeof status?.code === 'number' ? status.code : 0;
  const message = textOf(status?.message);
  if (code !== 0) return compact({ code: statusOfRpc[code] ?? 500, message });
  const grants = listOf(payload.authorizationInfo).map((one) => dictOf(one)?.granted);
  if (grants.includes(false)) return { code: 403 };
  return status !== undefined || grants.includes(true) ? { code: 200 } : undefined;
}
