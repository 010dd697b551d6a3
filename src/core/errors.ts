/**
 * The catalogue of errors: a public sentence for whoever sent the request, an operator's sentence for whoever
 * runs Foldback, and the HTTP status. `docs/errors.md` is checked against it both ways.
 */
type Entry = { readonly status: number; readonly public: string; readonly operator: string };

export const errorCatalogue = {
  'bad-json': {
    status: 400,
    public: 'The body is not valid JSON.',
    operator: 'A sender posted text that does not parse; the position is in the detail.',
  },
  'bad-record': {
    status: 422,
    public: 'A record does not have the shape that this source sends.',
    operator: 'The detail names the field. A new version of the vendor may have changed its format.',
  },
  'unknown-source': {
    status: 404,
    public: 'No source has this name.',
    operator: 'The names stand in docs/sources.md.',
  },
  'unrecognised-file': {
    status: 422,
    public: 'This does not look like any report that Foldback knows.',
    operator: 'Name the source with --source to see where the format differs.',
  },
  'invalid-experiment': {
    status: 422,
    public: 'The experiment is refused: it would not show what it is to show, or would do harm.',
    operator:
      'Each reason stands in the detail with its place in the document; docs/experiments.md has the rules.',
  },
  'too-large': {
    status: 413,
    public: 'The body is larger than the limit.',
    operator: 'The limit is named in the detail; large files go through `foldback import`.',
  },
  'too-slow': {
    status: 408,
    public: 'The body did not arrive in time.',
    operator:
      'The line is too slow, or somebody holds connections open on purpose; the time is in the detail.',
  },
  'too-deep': {
    status: 422,
    public: 'The data is nested deeper than the limit.',
    operator: 'The limit is named in the detail.',
  },
  'too-many': {
    status: 422,
    public: 'There are more items than the limit allows.',
    operator: 'The limit is named in the detail.',
  },
  'compression-ratio': {
    status: 413,
    public: 'The compressed data unpacks to far more than its size suggests.',
    operator: 'Refused as a decompression bomb; the ratio limit is named in the detail.',
  },
  'bad-signature': {
    status: 401,
    public: 'The signature does not match.',
    operator: 'The shared secret differs, the body was changed on the way, or someone forges deliveries.',
  },
  replayed: {
    status: 401,
    public: 'The delivery is too old or was signed for another time.',
    operator: 'Check the clocks; a captured delivery may have been sent again.',
  },
  'bad-backup': {
    status: 422,
    public: 'This is no whole backup.',
    operator:
      'The detail says where it differs. Take another copy of the file; `foldback backup verify` looks at it.',
  },
  unauthenticated: {
    status: 401,
    public: 'A valid token is needed.',
    operator: 'The token is missing, unknown, expired or revoked.',
  },
  forbidden: {
    status: 403,
    public: 'This token may not do that.',
    operator: 'The scope or the team of the token does not cover the request.',
  },
  'sign-in-again': {
    status: 403,
    public: 'Sign in again first: this asks for a sign-in of just now.',
    operator:
      'The session is older than ten minutes, or the identity provider did not say when somebody proved who they are.',
  },
  'not-found': {
    status: 404,
    public: 'There is nothing here.',
    operator: 'The id is unknown, or belongs to a team that the caller may not see.',
  },
  'method-not-allowed': {
    status: 405,
    public: 'This address does not take that method.',
    operator: 'The accepted methods are in the detail and in the Allow header.',
  },
  'unsupported-media-type': {
    status: 415,
    public: 'This content type is not accepted here.',
    operator: 'The accepted types are in the detail.',
  },
  'bad-request': {
    status: 400,
    public: 'The request is not understood.',
    operator: 'The detail names the field.',
  },
  conflict: {
    status: 409,
    public: 'That is no longer possible.',
    operator: 'The state changed meanwhile; the detail says how.',
  },
  'bad-host': {
    status: 421,
    public: 'This host name is not served here.',
    operator:
      'The Host or Origin header is not in http.hosts; a page elsewhere may be reaching for this server.',
  },
  'link-expired': {
    status: 410,
    public: 'This link is no longer valid.',
    operator: 'Reply links live for a limited time and end when the case closes.',
  },
  'rate-limited': {
    status: 429,
    public: 'Too many requests. Please wait a little.',
    operator: 'The limit is named in the detail.',
  },
  'bad-config': {
    status: 500,
    public: 'Foldback is not set up correctly.',
    operator: 'Start-up lists every problem at once; fix them and start again.',
  },
  'wrong-key': {
    status: 500,
    public: 'Foldback is not set up correctly.',
    operator: 'The configured key does not match the one that made the stored data. Restore the right key.',
  },
  'store-locked': {
    status: 500,
    public: 'Foldback is already running on this data.',
    operator:
      'Another process holds the data folder. Commands reach it over HTTP; stop it to open the folder.',
  },
  'store-unreachable': {
    status: 503,
    public: 'The database cannot be reached.',
    operator:
      'The detail says which one, and why. It is named by database.url or DATABASE_URL; `foldback doctor` looks again.',
  },
  internal: {
    status: 500,
    public: 'Something went wrong on our side.',
    operator: 'The log has the cause under the request id.',
  },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** Points at what is wrong and where: a JSON pointer, a line, a field. */
export type ErrorPlace = { readonly pointer?: string; readonly line?: number; readonly detail: string };

/** A fault with a catalogue entry. `detail` may be shown to the sender; `cause` may not. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly places: readonly ErrorPlace[];

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; places?: readonly ErrorPlace[] } = {},
  ) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = detail;
    this.places = options.places ?? [];
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}
