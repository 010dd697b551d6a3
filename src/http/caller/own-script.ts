import type { Context } from 'hono';
import { AppError } from '../../core/errors.ts';

/** Sent by the console's own script with every request. */
export const ownScriptHeader = 'X-Foldback-Console';

/**
 * Changes under a cookie come from our own script only: no form of another page can set a header, and no script of
 * another origin may (Fetch, CORS-preflight). It stands beside SameSite, Origin and Sec-Fetch-Site, so that one that
 * fails is not the only one. Error: `forbidden`.
 */
export function requireOwnScript(c: Context): void {
  if (c.req.header(ownScriptHeader) === undefined)
    throw new AppError(
      'forbidden',
      `A browser's session changes things only with the header ${ownScriptHeader}.`,
    );
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isSafe(c: Context): boolean {
  return safeMethods.has(c.req.method);
}
