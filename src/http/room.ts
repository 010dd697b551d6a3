import type { Context } from 'hono';
import type { Principal } from '../access/principal.ts';
import { AppError } from '../core/errors.ts';
import type { PageWords } from '../pages/page-words.ts';
import { type AccessRecord, createAccessRecord } from './audit/access-record.ts';
import { type Callers, createCallers } from './caller/caller.ts';
import { createLimits, type Limits } from './caller/limits.ts';
import { type SessionCookie, sessionCookie } from './caller/session-cookie.ts';
import type { HttpParts } from './http-parts.ts';

/** What every route works with. */
export type Room = {
  readonly given: HttpParts;
  readonly isHttps: boolean;
  readonly session: SessionCookie;
  readonly limits: Limits;
  readonly callers: Callers;
  /** What is recorded of decisions about access. */
  readonly record: AccessRecord;
  /** The caller of a page that anybody may see; a token that is not valid any more is none. */
  readonly visitor: (c: Context) => Promise<Principal | undefined>;
  /** Texts of the pages in a language, or in the configured one. */
  readonly words: (language?: string) => PageWords;
  /** `feedback.example.com`: what a reader types by hand. */
  readonly host: (c?: Context) => string;
  readonly baseUrl: (c: Context) => string;
};

/** @throws AppError `bad-config` when the packs have no words for pages */
export function openRoom(given: HttpParts): Room {
  const { publicUrl, requestsPerMinuteMax, trustedProxies = [] } = given.config.http;
  const isHttps = publicUrl?.startsWith('https:') === true;
  const session = sessionCookie(isHttps);
  const limits = createLimits({
    clock: given.parts.clock,
    perMinuteMax: requestsPerMinuteMax,
    trustedProxies,
  });
  const baseUrl = (c: Context) => publicUrl ?? new URL(c.req.url).origin;
  const callers = createCallers(given, session, limits, baseUrl);
  const { language: usual } = given.config.delivery;
  const fallback = given.packs.page(usual);
  if (fallback === undefined) throw new AppError('bad-config', 'The packs have no words for pages.');
  const hostOf = (c?: Context): string => {
    if (publicUrl !== undefined) return new URL(publicUrl).host;
    return c === undefined ? 'localhost' : new URL(c.req.url).host;
  };
  return {
    given,
    isHttps,
    session,
    limits,
    callers,
    record: createAccessRecord(given),
    visitor: async (c) => {
      try {
        return await callers.find(c);
      } catch (fault) {
        if (fault instanceof AppError && fault.code === 'unauthenticated') return undefined;
        throw fault;
      }
    },
    words: (language) => given.packs.page(language ?? usual) ?? fallback,
    host: hostOf,
    baseUrl,
  };
}
