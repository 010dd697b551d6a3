const hosted =
  /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^\s/@]+@)?([a-z\d-]+(?:\.[a-z\d-]+)+|localhost)(?::\d+)?[/:](.+)$/iu;
/** Where the path of a page leaves the repository's own: `/blob/`, `/-/commit/`, `/src/`, `/commits/` … */
const pagePart =
  /\/(?:-\/.*|(?:blob|tree|commits?|raw|blame|src|pull|issues|security|merge_requests|wiki|releases|actions)(?:\/.*)?)$/u;
const nameLengthMax = 300;

/**
 * The name of a repository, as people write it: `acme/x` from `https://github.com/acme/x.git`,
 * `git@github.com:acme/x.git`, a link to a file in it, or the name itself. A user or token in the URL is left out.
 * Undefined for what names no repository: a local path, `.`, an empty text.
 */
export function repositoryName(text: string | undefined): string | undefined {
  const trimmed = text?.trim().slice(0, 2000) ?? '';
  if (trimmed === '' || /^(?:[./~\\]|file:|[a-z]:[\\/])/iu.test(trimmed)) return undefined;
  const url = hosted.exec(trimmed);
  const isUrl =
    url !== null &&
    (trimmed.includes('://') ||
      trimmed.includes('@') ||
      /^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}[/:]/iu.test(trimmed));
  const path = ((isUrl ? url[2] : trimmed) ?? '').replace(/[?#].*$/u, '');
  const own = isUrl ? path.replace(pagePart, '').replace(/\/_git\//u, '/') : path;
  const name = own.replace(/^\/+|\/+$/gu, '').replace(/\.(?:git|wiki)$/u, '');
  const isName =
    /^[\p{L}\p{N}_][\p{L}\p{N}._ -]*(?:\/[\p{L}\p{N}._ -]+)*$/u.test(name) &&
    !/(?:^|\/)\.\.?(?:\/|$)/u.test(name);
  return isName && name.length <= nameLengthMax ? name : undefined;
}

/**
 * The commit in lower case: 40 (SHA-1) or 64 (SHA-256) hex digits that are not all zero. Undefined for everything
 * else; reports hold impossible hashes.
 */
export function commitHash(text: string | undefined): string | undefined {
  if (text === undefined || (text.length !== 40 && text.length !== 64)) return undefined;
  return /^[0-9a-f]+$/iu.test(text) && !/^0+$/u.test(text) ? text.toLowerCase() : undefined;
}
