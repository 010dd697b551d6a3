/** First segments after which the path itself is the credential. */
const secretPrefixes: ReadonlySet<string> = new Set(['r', 'claim', 'me', 'password']);

/**
 * The path of a request as it may be logged, counted or traced: `/r/0kf3Xq…` becomes `/r/[token]`, and a query is
 * dropped whole. Takes a path or an address. Read by hand, because a URL parser takes `//r/…` for a host name.
 */
export function redactPath(url: string): string {
  const path = (url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/iu, '').split(/[?#]/u)[0] ?? '').replace(
    /^\/*/u,
    '/',
  );
  // A prefix written as %72 reaches the same route: compare it decoded.
  const [, first = '', ...rest] = path.split('/');
  const prefix = decoded(first).toLowerCase();
  return secretPrefixes.has(prefix) && rest.join('') !== '' ? `/${prefix}/[token]` : path;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (fault) {
    if (!(fault instanceof URIError)) throw fault;
    return segment;
  }
}
