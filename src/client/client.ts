import { type Fault, readDecision } from './read-decision.ts';
import type { PolicyDecision, PolicyQuestion } from './shapes.ts';

export type ClientOptions = {
  /** Where Foldback is: `https://feedback.example.com`. */
  readonly url: string;
  /** A token with `policy:enforce`; none where the server asks for none, as the demo on this machine. */
  readonly token?: string;
  /** How long an answer may take. Past it the answer is no. */
  readonly timeoutMs?: number;
  /** Language of the reasons, where the packs have it. */
  readonly language?: string;
  /** The runtime's own unless given. */
  readonly fetch?: typeof fetch;
};

export type PolicyClient = {
  /** A question: may this be done? Nothing is held against anybody for a denial. Never throws: no answer is a no. */
  check(question: PolicyQuestion): Promise<PolicyDecision>;
  /**
   * An attempt: it is about to be done. A denial is remembered and its owner may hear of it.
   *
   * @throws DeniedError unless it is allowed; also where nobody answered
   */
  enforce(question: PolicyQuestion): Promise<PolicyDecision>;
  /** As `enforce`, with the denial as a value. */
  attempt(question: PolicyQuestion): Promise<PolicyDecision>;
};

/** What was about to be done is not allowed. The message is the reason in plain words. */
export class DeniedError extends Error {
  readonly decision: PolicyDecision;

  constructor(decision: PolicyDecision) {
    super(decision.reason);
    this.name = 'DeniedError';
    this.decision = decision;
  }
}

/** As long as somebody waits for a page. */
const timeoutMsUsual = 2_000;
/** An answer has a few sentences; anything longer is none of ours. */
const answerCharsMax = 256 * 1024;

/**
 * Asks Foldback for decisions (AuthZEN Authorization API 1.0). Anything but a clear yes is a no: an error, a timeout, a
 * redirect, an answer of another form.
 *
 * @throws TypeError for a url that is none, or a token that would travel in plain text to another machine
 */
export function createClient(options: ClientOptions): PolicyClient {
  const { token, timeoutMs = timeoutMsUsual, language = 'en' } = options;
  const url = addressOf(options.url, token);
  const ask = async (question: PolicyQuestion, isAttempt: boolean): Promise<PolicyDecision> => {
    const requestId = crypto.randomUUID();
    const failed = (fault: Fault) => readDecision(fault, requestId, language);
    let body: string;
    try {
      body = JSON.stringify(isAttempt ? asAttempt(question) : question);
    } catch {
      return failed({ fault: 'The request cannot be written as JSON.' });
    }
    try {
      const response = await (options.fetch ?? fetch)(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'x-request-id': requestId,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      if (response.status !== 200 || text.length > answerCharsMax)
        return failed({ fault: `The policy server answered with status ${response.status}.` });
      return readDecision(JSON.parse(text), requestId, language);
    } catch {
      return failed({ fault: 'The policy server gave no answer.' });
    }
  };
  const attempt = (question: PolicyQuestion) => ask(question, true);
  return {
    check: (question) => ask(question, false),
    attempt,
    enforce: async (question) => {
      const decision = await attempt(question);
      if (!decision.allowed) throw new DeniedError(decision);
      return decision;
    },
  };
}

/** Interfaces ask about rights all the time; only this makes a denial somebody's. */
function asAttempt(question: PolicyQuestion): PolicyQuestion {
  const context = question.context ?? {};
  const { foldback } = context;
  const own = typeof foldback === 'object' && foldback !== null ? foldback : {};
  return { ...question, context: { ...context, foldback: { ...own, attempt: true } } };
}

function addressOf(base: string, token: string | undefined): string {
  const url = new URL(`${base.replace(/\/+$/u, '')}/access/v1/evaluation`);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError('Write the server as https://host or http://127.0.0.1:port.');
  if (url.protocol === 'http:' && !isHere && token !== undefined)
    throw new TypeError('A token goes to another machine by https only.');
  return url.href;
}
