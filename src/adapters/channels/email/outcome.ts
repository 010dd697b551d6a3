import { clip, oneLine } from '../../../lib/escape.ts';
import type { SendResult } from '../../../ports/channel.ts';

/** What is known when a mail did not go through. Codes are nodemailer's, replies the server's. */
export type SmtpFault = {
  /** The whole body had been written: the server may have taken it, whatever came after. */
  readonly isHandedOver: boolean;
  readonly code?: string;
  readonly responseCode?: number;
  /** The step, such as `RCPT TO`. */
  readonly command?: string;
  readonly response?: string;
};

// Permanent by number, but about our set-up and not about this message: it may go through once that is mended.
// 503 bad sequence, 530 authentication required, 534/535/538 authentication failed (RFC 5321, RFC 4954).
const setUpCodes = [503, 530, 534, 535, 538];

// Greylisting servers that name no time let a sender through after about this long (RFC 6647, section 2.4).
const greylistSeconds = 300;
const waitSecondsMax = 86_400;

export function outcomeOf(fault: SmtpFault): Exclude<SendResult, { kind: 'accepted' }> {
  const isAboutMessage = fault.code === 'EENVELOPE' || fault.code === 'EMESSAGE';
  const reply = fault.responseCode ?? 0;
  const reason = reasonOf(fault);
  // Only a complete reply to the body settles it; a 5xx in the rubble of a broken connection does not.
  if (fault.isHandedOver && !(fault.code === 'EMESSAGE' && reply >= 400 && reply <= 599)) {
    return { kind: 'uncertain', reason };
  }
  const isPermanent = reply >= 500 && reply <= 599 && !setUpCodes.includes(reply);
  // Without a reply these are refusals of our own client: no valid recipient, larger than the server's SIZE.
  if (isAboutMessage && (isPermanent || reply === 0)) return { kind: 'refused', reason };
  const afterSeconds = waitIn(fault.response ?? '');
  return afterSeconds === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterSeconds };
}

/** Whether the connection, not the message, was at fault: a kept connection may have been closed meanwhile. */
export function isConnectionFault(fault: SmtpFault): boolean {
  return (
    !fault.isHandedOver &&
    (fault.code === 'ECONNECTION' || fault.code === 'ESOCKET' || fault.responseCode === 421)
  );
}

/** Reads what nodemailer threw. Nothing of its message is kept: it may quote what was sent. */
export function faultOf(error: unknown, isHandedOver: boolean): SmtpFault {
  if (!(error instanceof Error)) return { isHandedOver };
  return {
    isHandedOver,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('responseCode' in error && typeof error.responseCode === 'number'
      ? { responseCode: error.responseCode }
      : {}),
    ...('command' in error && typeof error.command === 'string' ? { command: error.command } : {}),
    ...('response' in error && typeof error.response === 'string' ? { response: error.response } : {}),
  };
}

/** One line for operators: the step and the server's words, without addresses. */
export function reasonOf(fault: SmtpFault): string {
  const step = fault.command === undefined || fault.command === 'API' ? 'SMTP' : fault.command;
  // The words of an authentication failure may repeat what was sent.
  const isAuth = step.startsWith('AUTH') || setUpCodes.includes(fault.responseCode ?? 0);
  const words = isAuth ? String(fault.responseCode ?? '') : oneLine(fault.response ?? '');
  const text =
    words === '' ? (fault.code ?? 'unknown fault') : words.replace(/[^\s<>]+@[^\s<>]+/gu, '[address]');
  return clip(
    `${oneLine(step)}: ${text}${fault.isHandedOver ? ' (after the message was handed over)' : ''}`,
    300,
  );
}

function waitIn(response: string): number | undefined {
  const text = response.slice(0, 1000);
  const isGreylist = /gr[ae]y-?\s?list/iu.test(text);
  if (!isGreylist && !/try again|retry|wait|later/iu.test(text)) return undefined;
  const named = /\b(\d{1,5})\s*(s|secs?|seconds?|m|mins?|minutes?)\b/iu.exec(text);
  if (named === null) return isGreylist ? greylistSeconds : undefined;
  const seconds = Number(named[1]) * (named[2]?.toLowerCase().startsWith('m') === true ? 60 : 1);
  return Math.min(Math.max(seconds, 1), waitSecondsMax);
}
