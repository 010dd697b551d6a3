import * as client from 'openid-client';
import { createHttpFetch, type HttpFetch } from '../../../lib/http-fetch.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { IdentityProvider, LoginOutcome } from '../../../ports/identity-provider.ts';
import { claimedOf, reasonOf } from './claims.ts';

export type OidcSettings = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly claim: string;
  readonly origins: readonly string[];
};

/** What the provider says of itself is asked again after this time. */
const knownMs = 3_600_000;

/**
 * OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636), the issuer in the answer (RFC 9207), and
 * RP-Initiated Logout 1.0.
 */
export function openOidc(settings: OidcSettings, clock: Clock): IdentityProvider {
  const { issuer } = settings;
  const fetch = createHttpFetch({
    allowOrigins: [...new Set([issuer, ...settings.origins].map((url) => new URL(url).origin))],
  });
  let known: { readonly metadata: client.ServerMetadata; readonly at: number } | undefined;
  const authentication = client.ClientSecretPost(settings.clientSecret);
  // Plain http on loopback only: the settings take no other address without https.
  const extras = new URL(issuer).protocol === 'http:' ? [client.allowInsecureRequests] : [];
  const discovered = async (): Promise<client.Configuration> => {
    if (known === undefined || clock.now() - known.at > knownMs) {
      const found = await client.discovery(new URL(issuer), settings.clientId, {}, authentication, {
        [client.customFetch]: pinned(fetch),
        execute: extras,
      });
      known = { metadata: found.serverMetadata(), at: clock.now() };
    }
    // Made anew for each login: tokens are judged by the clock of the house, and its keys are the provider's of now.
    const skew = Math.round((clock.now() - Date.now()) / 1000);
    const made = new client.Configuration(
      known.metadata,
      settings.clientId,
      { [client.clockSkew]: skew },
      authentication,
    );
    made[client.customFetch] = pinned(fetch);
    for (const extra of extras) extra(made);
    // The signature counts too, not only that the token came over TLS.
    client.enableNonRepudiationChecks(made);
    return made;
  };
  return {
    issuer,
    name: settings.name,
    begin: async (redirectUri, { state, nonce, verifier }, isAnew = false) => {
      try {
        const url = client.buildAuthorizationUrl(await discovered(), {
          redirect_uri: redirectUri,
          scope: [...new Set(['openid', ...settings.scopes])].join(' '),
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
          nonce,
          // With an age the provider has to say when it was (OpenID Connect Core, 2).
          ...(isAnew ? { prompt: 'login', max_age: '300' } : {}),
        });
        return { kind: 'go', url: url.href };
      } catch (fault) {
        return { kind: 'unavailable', reason: reasonOf(fault) };
      }
    },
    finish: async (address, redirectUri, { state, nonce, verifier }): Promise<LoginOutcome> => {
      try {
        const configuration = await discovered();
        const answered = new URL(redirectUri);
        answered.search = address.search;
        const tokens = await client.authorizationCodeGrant(configuration, answered, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return claimedOf(tokens.claims() ?? {}, settings.claim);
      } catch (fault) {
        return { kind: 'refused', reason: reasonOf(fault) };
      }
    },
    signOutUrl: async (returnTo) => {
      try {
        // No hint of the ID token: it is not kept. The provider asks whether it is meant.
        const url = client.buildEndSessionUrl(await discovered(), { post_logout_redirect_uri: returnTo });
        return url.protocol === new URL(issuer).protocol ? url.href : undefined;
      } catch {
        return undefined;
      }
    },
    close: () => fetch.close(),
  };
}

/** The library's requests through the house's one way out. */
function pinned(fetch: HttpFetch): client.CustomFetch {
  return async (url, { method, headers, body }) => {
    const sent = body instanceof URLSearchParams ? body.toString() : body;
    const result = await fetch({
      url,
      method: method === 'POST' ? 'POST' : 'GET',
      headers:
        sent === undefined || sent === null
          ? headers
          : { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ...(typeof sent === 'string' || sent instanceof Uint8Array ? { body: sent } : {}),
    });
    if (result.kind !== 'ok') throw new TypeError(result.reason);
    const isEmpty = result.status === 204 || result.status === 304;
    return new Response(isEmpty ? null : Buffer.from(result.body), {
      status: result.status,
      headers: { ...result.headers },
    });
  };
}
