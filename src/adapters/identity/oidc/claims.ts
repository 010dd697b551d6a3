import { z } from 'zod';
import type { LoginOutcome } from '../../../ports/identity-provider.ts';

const text = z.string().min(1).max(500);
const tokenSchema = z.object({
  iss: text,
  sub: z.string().min(1).max(255),
  name: text.optional().catch(undefined),
  preferred_username: text.optional().catch(undefined),
  email: z
    .string()
    .max(254)
    .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/u)
    .optional()
    .catch(undefined),
  // A text "true" is no verification.
  email_verified: z.boolean().optional().catch(undefined),
  auth_time: z.number().min(0).max(1e11).optional().catch(undefined),
});
const groupsMax = 2000;
const groups = z.union([z.array(z.unknown()), z.string()]);

/** What a checked ID token says. Texts that are no groups are left out: they give nothing. */
export function claimedOf(token: object, claim: string): LoginOutcome {
  const parsed = tokenSchema.safeParse(token);
  if (!parsed.success) return { kind: 'refused', reason: 'the ID token names no issuer or subject' };
  const {
    iss,
    sub,
    name,
    preferred_username: login,
    email,
    email_verified: verified,
    auth_time: proved,
  } = parsed.data;
  const said = groups.safeParse(Object.entries(token).find(([key]) => key === claim)?.[1]);
  const values = !said.success ? [] : typeof said.data === 'string' ? [said.data] : said.data;
  const shown = plainName(name ?? login ?? '');
  return {
    kind: 'known',
    claimed: {
      issuer: iss,
      subject: sub,
      ...(shown === '' ? {} : { name: shown }),
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      isEmailVerified: verified === true,
      ...(proved === undefined ? {} : { provedAt: Math.floor(proved) * 1000 }),
      groups: values.filter((value) => typeof value === 'string').slice(0, groupsMax),
    },
  };
}

/** A name is shown to administrators: on one line, without marks that turn or hide text. */
function plainName(text: string): string {
  return [...text.replace(/[\p{C}\s]+/gu, ' ').trim()].slice(0, 80).join('');
}

/** Why a login failed, by the code that the library or the provider names; never by a text from outside. */
export function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown';
  const named = ['error', 'code'].map((key) => (key in fault ? Reflect.get(fault, key) : undefined));
  const code = named.find((one) => typeof one === 'string' && /^[\w-]{1,60}$/u.test(one));
  const cause = fault.cause instanceof Error ? `: ${fault.cause.message}` : '';
  return typeof code === 'string'
    ? code
    : `${fault.message}${cause}`.replace(/[^\x20-\x7e]/gu, ' ').slice(0, 200);
}
