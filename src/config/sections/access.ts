import { z } from 'zod';
import { isRole, roleNames } from '../../core/role-names.ts';
import { count, isPublicUrl, line } from '../fields.ts';
import { path, says, secret } from '../says.ts';

const role = z.enum(['', ...roleNames]).refine(isRole, `write one of ${roleNames.join(', ')}`);
const issuerUrl = z.string().refine(isPublicUrl, 'write https://name, without user, query or fragment');

const grant = z
  .strictObject({
    value: line.max(200).meta(says('What the claim holds: the name or id of a group.')),
    roles: z.array(role).min(1).max(10).meta(says('What its members may do.')),
    teams: z
      .union([z.enum(['all', 'own']), z.array(line.max(100)).min(1).max(100)])
      .default('own')
      .meta(says('Whose loops they see: `all`, `own` for the team of the person, or ids of teams.')),
  })
  .describe('What members of a group may do.');

const oidc = z
  .strictObject({
    issuer: issuerUrl.meta(says('The identity provider, exactly as it names itself in its tokens.')),
    clientId: line.max(200).meta(says('The id that it gave to Foldback.')),
    clientSecret: z.string().min(1).max(1000).meta(secret('The secret that it gave to Foldback.')),
    name: line.max(60).default('single sign-on').meta(says('What the button calls it.')),
    scopes: z
      .array(line.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/u, 'write a scope without blanks').max(100))
      .max(20)
      .default(['openid', 'profile', 'email'])
      .meta(says('What is asked for; `openid` always is.')),
    claim: line.max(200).default('groups').meta(says('The claim of the ID token that `grants` compare.')),
    grants: z
      .array(grant)
      .max(200)
      .default([])
      .meta(says('Who may do what: the first that fits decides. Nobody gets anything without one.')),
    trustedIssuers: z
      .array(issuerUrl)
      .max(5)
      .default([])
      .meta(
        says(
          'Issuers whose verified e-mail addresses say who somebody is among the people who are written to. Name `issuer` here only if it lets nobody choose an address.',
        ),
      ),
    origins: z
      .array(issuerUrl)
      .max(10)
      .default([])
      .meta(says('Further origins of the provider in a private network or on another port than 443.')),
  })
  .describe('Single sign-on by OpenID Connect.');

export const access = z
  .strictObject({
    session: z
      .strictObject({
        hours: count(24).default(12).meta(says('Whoever is signed in does it again after this time.')),
        byToken: z
          .boolean()
          .default(true)
          .meta(
            says(
              'Whether a token signs a browser in. A token is one factor: without it people come by single sign-on, or by password and code.',
            ),
          ),
        idleMinutes: count(1440)
          .default(60)
          .meta(says('And after this time without a request, also where the session stands on a token.')),
      })
      .prefault({})
      .describe('Browser sessions.'),
    local: z
      .strictObject({
        accounts: z
          .boolean()
          .default(true)
          .meta(says('Whether people can have a name and a password here, beside single sign-on.')),
        secondFactor: z
          .enum(['optional', 'admins', 'everybody'])
          .default('admins')
          .meta(says('Of whom with a password a code by time is asked too.')),
        strictCodes: z
          .boolean()
          .default(false)
          .meta(
            says(
              'Whether a code by time counts in its own thirty seconds alone; the clocks of server and telephones must agree then. The step before and the one after count too otherwise.',
            ),
          ),
        breachedPasswords: z
          .string()
          .min(1)
          .optional()
          .meta(
            path(
              'A list of breached passwords on the disk, none of which may be chosen: SHA-1 and count a line, in the order of the hashes, as Have I Been Pwned gives it out. Nobody is asked over the network.',
            ),
          ),
      })
      .prefault({})
      .describe('Accounts with a password.'),
    oidc: oidc.optional(),
  })
  .prefault({})
  .describe('Who gets in.');
