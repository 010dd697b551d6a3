import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { Provider } from 'oidc-provider';

/** A person whom the provider knows. */
export type Known = {
  readonly name?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
};

export const clientId = 'foldback';
export const clientSecret = ['a', 'client', 'secret', 'of', 'a', 'test'].join('-');

export type Issuer = {
  readonly url: string;
  /** Signs in as this person, as a browser would, and gives the address to which the browser is sent back. */
  signIn(authorizationUrl: string, subject: string): Promise<URL>;
  /** Who is at the provider from now on, for a browser that goes there by itself. */
  be(subject: string): void;
  close(): Promise<void>;
};

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return `http://127.0.0.1:${address.port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function rsaKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

/** A certified provider, in this process. */
export async function openIssuer(
  people: Readonly<Record<string, Known>>,
  redirectUri: string,
): Promise<Issuer> {
  let who = '';
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server = createServer((request, response) => handle(request, response));
  const url = await listening(server);
  const other = { client_id: 'somebody-else', client_secret: clientSecret, redirect_uris: [redirectUri] };
  const provider = new Provider(url, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [new URL('/signout', redirectUri).href],
        token_endpoint_auth_method: 'client_secret_post',
      },
      { ...other, token_endpoint_auth_method: 'client_secret_post' },
    ],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    conformIdTokenClaims: false,
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    cookies: { keys: ['a key of a test'] },
    jwks: { keys: [{ ...rsaKey().export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new provider.Grant({
        clientId: ctx.oidc.client?.clientId ?? '',
        accountId: ctx.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
  });
  const callback = provider.callback();
  handle = (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) void callback(request, response);
    else void provider.interactionFinished(request, response, { login: { accountId: who, remember: false } });
  };
  return {
    url,
    signIn: async (authorizationUrl, subject) => {
      who = subject;
      return browse(authorizationUrl, url);
    },
    be: (subject) => {
      who = subject;
    },
    close: () => closed(server),
  };
}

/** Follows redirects within the provider with its cookies, until it sends the browser elsewhere. */
async function browse(start: string, origin: string): Promise<URL> {
  const jar = new Map<string, string>();
  let at = start;
  for (let step = 0; step < 10; step += 1) {
    const answer = await fetch(at, {
      redirect: 'manual',
      headers: { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get('Location');
    if (location === null) throw new Error(`${answer.status} ${await answer.text()}`);
    const next = new URL(location, at);
    if (next.origin !== origin) return next;
    at = next.href;
  }
  throw new Error('the provider redirects without end');
}

export type Forgery = {
  readonly claims?: JWTPayload;
  readonly alg?: 'RS256' | 'none' | 'HS256';
  /** Signed by a key that the provider does not publish. */
  readonly isForeign?: boolean;
};

/** An issuer that is not to be trusted: its tokens are what a test wants them to be. */
export async function openForger(): Promise<
  Pick<Issuer, 'url' | 'close'> & { forge(forgery: Forgery, nonce: string): void }
> {
  const own = rsaKey();
  const foreign = rsaKey();
  let token: () => Promise<string> = async () => '';
  const server = createServer((request, response) => {
    const json = (value: unknown): void => {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value));
    };
    if (request.url === '/.well-known/openid-configuration')
      json({
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        // A careless provider offers what nobody may take.
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
        code_challenge_methods_supported: ['S256'],
      });
    else if (request.url === '/keys') {
      const { kty, n, e } = own.export({ format: 'jwk' });
      json({ keys: [{ kty, n, e, use: 'sig', kid: 'own' }] });
    } else void token().then((id) => json({ access_token: 'x', token_type: 'Bearer', id_token: id }));
  });
  const url = await listening(server);
  return {
    url,
    forge: ({ claims = {}, alg = 'RS256', isForeign = false }, nonce) => {
      token = async () => {
        const seconds = Math.floor(Date.now() / 1000);
        const said = {
          iss: url,
          sub: 'ana',
          aud: clientId,
          iat: seconds,
          exp: seconds + 600,
          nonce,
          groups: ['ops'],
          ...claims,
        };
        if (alg === 'none') return new UnsecuredJWT(said).encode();
        const signed = new SignJWT(said).setProtectedHeader({ alg, kid: 'own' });
        return signed.sign(alg === 'HS256' ? Buffer.from(clientSecret) : isForeign ? foreign : own);
      };
    },
    close: () => closed(server),
  };
}
