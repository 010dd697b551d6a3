import { openOidc } from './adapters/identity/oidc/index.ts';
import { openSingleSignOn, type SingleSignOnParts } from './app-single-sign-on.ts';
import type { Config } from './config/schema.ts';
import type { SingleSignOn } from './http/access-desks.ts';

/** Single sign-on, where it is set up. The provider is asked at the first login: its absence stops nothing else. */
export function openIdentity(
  given: { readonly config: Pick<Config, 'access'> } & Omit<
    SingleSignOnParts,
    'provider' | 'grants' | 'trustedIssuers'
  >,
): { readonly desk: SingleSignOn; readonly close: () => Promise<void> } | undefined {
  const { config, ...parts } = given;
  const { oidc } = config.access;
  if (oidc === undefined) return undefined;
  const provider = openOidc(oidc, parts.clock);
  const { grants, trustedIssuers } = oidc;
  return {
    desk: openSingleSignOn({ ...parts, provider, grants, trustedIssuers }),
    close: () => provider.close(),
  };
}

/** Whether the people who are written to can be asked to sign in: the issuer is trusted with their addresses. */
export function knowsPeople({ access: { oidc } }: Pick<Config, 'access'>): boolean {
  return oidc?.trustedIssuers.includes(oidc.issuer) === true;
}
