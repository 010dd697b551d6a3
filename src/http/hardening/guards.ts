import type { Context, Handler } from 'hono';
import { AppError } from '../../core/errors.ts';

/**
 * The content type of the request if it is one of `types` (lower case, without parameters). Error:
 * `unsupported-media-type`, also for a charset other than UTF-8 and for compressed bodies: a door that takes them
 * says so by unpacking them itself.
 */
export function requireContentType(
  c: Context,
  types: readonly string[],
  encodings: readonly string[] = ['identity'],
): string {
  const [type = '', ...parameters] = (c.req.header('Content-Type') ?? '').toLowerCase().split(';');
  const found = types.find((accepted) => accepted === type.trim());
  const accepted = `Accepted here: ${types.join(', ')}.`;
  if (found === undefined) throw new AppError('unsupported-media-type', accepted);
  const charset = parameters
    .map((text) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/u.exec(text)?.[1])
    .find(Boolean);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new AppError('unsupported-media-type', `${accepted} The text must be UTF-8.`);
  const encoding = c.req.header('Content-Encoding')?.trim().toLowerCase() ?? 'identity';
  if (!encodings.includes(encoding))
    throw new AppError('unsupported-media-type', `Accepted encodings: ${encodings.join(', ')}.`);
  return found;
}

/**
 * Answers a method that a known path does not have: `app.all(path, methodNotAllowed('GET', 'POST'))` after its
 * routes. Error: `method-not-allowed`, with `Allow` (RFC 9110, 15.5.6).
 */
export function methodNotAllowed(...methods: readonly string[]): Handler {
  const allow = methods.includes('GET') && !methods.includes('HEAD') ? [...methods, 'HEAD'] : methods;
  return (c) => {
    c.header('Allow', allow.join(', '));
    throw new AppError('method-not-allowed', `Allowed here: ${allow.join(', ')}.`);
  };
}
