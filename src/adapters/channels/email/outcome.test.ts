import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf, reasonOf, type SmtpFault } from './outcome.ts';

const fault: fc.Arbitrary<SmtpFault> = fc.record({
  isHandedOver: fc.boolean(),
  code: fc.constantFrom(
    'EENVELOPE',
    'EMESSAGE',
    'ECONNECTION',
    'ETIMEDOUT',
    'ESOCKET',
    'EPROTOCOL',
    'EAUTH',
    'ETLS',
  ),
  responseCode: fc.constantFrom(0, 250, 354, 421, 450, 451, 503, 530, 535, 550, 554, 999),
  response: fc.string(),
});

test('after the hand-over only a complete refusal of the body is anything but uncertain', () => {
  fc.assert(
    fc.property(fault, (one) => {
      const { kind } = outcomeOf({ ...one, isHandedOver: true });
      const isAnswered =
        one.code === 'EMESSAGE' && (one.responseCode ?? 0) >= 400 && (one.responseCode ?? 0) <= 599;
      expect(kind === 'uncertain').toBe(!isAnswered);
    }),
  );
});

test('before the hand-over nothing is uncertain, and only an answer about the message is final', () => {
  fc.assert(
    fc.property(fault, (one) => {
      const { kind } = outcomeOf({ ...one, isHandedOver: false });
      expect(kind).not.toBe('uncertain');
      if (kind === 'refused') expect(['EENVELOPE', 'EMESSAGE']).toContain(one.code);
      if ((one.responseCode ?? 0) >= 400 && (one.responseCode ?? 0) < 500) expect(kind).toBe('retry');
    }),
  );
});

test('a broken connection is uncertain even when the rubble looks like a refusal', () => {
  expect(
    outcomeOf({ isHandedOver: true, code: 'ECONNECTION', responseCode: 550, response: '550 no' }).kind,
  ).toBe('uncertain');
});

test('a wait is read from the words, within a day', () => {
  const wait = (response: string) =>
    outcomeOf({ isHandedOver: false, code: 'EENVELOPE', responseCode: 450, response });
  expect(wait('450 4.2.0 Greylisted, try again in 5 minutes')).toMatchObject({ afterSeconds: 300 });
  expect(wait('450 retry after 45s')).toMatchObject({ afterSeconds: 45 });
  expect(wait('450 try again in 99999 minutes')).toMatchObject({ afterSeconds: 86_400 });
  expect(wait('450 Greylisted')).toMatchObject({ afterSeconds: 300 });
  expect(wait('450 mailbox busy, 12 messages queued')).not.toHaveProperty('afterSeconds');
});

test('a reason is one line, short, and names no address', () => {
  fc.assert(
    fc.property(fault, fc.emailAddress(), (one, address) => {
      const reason = reasonOf({ ...one, response: `${one.response} <${address}> \r\n${'x'.repeat(1000)}` });
      expect(reason).not.toContain(address);
      expect(reason).not.toMatch(/[\r\n]/u);
      expect(Array.from(reason).length).toBeLessThanOrEqual(300);
    }),
  );
});
