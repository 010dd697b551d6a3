import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noteLengthMax, personLengthMax, readReplyForm } from './reply-form.ts';

const bounds = { first: '2026-11-05', last: '2027-02-02' };
const read = (fields: Record<string, string>) =>
  readReplyForm(new URLSearchParams({ form: 'n', ...fields }), bounds);

describe('a posted answer', () => {
  test.each([
    [{ answer: 'done' }, { answer: 'done' }],
    [
      { answer: 'done', case: ' LOOP-7F3K ' },
      { answer: 'done', caseCode: 'LOOP-7F3K' },
    ],
    [
      { answer: 'need-help', note: ' What breaks? ' },
      { answer: 'need-help', note: 'What breaks?' },
    ],
    [{ answer: 'not-me', note: '' }, { answer: 'not-me' }],
    [
      { answer: 'not-mine', person: 'tom@example.com' },
      { answer: 'not-mine', person: 'tom@example.com' },
    ],
    [
      { answer: 'not-mine', note: 'Tom' },
      { answer: 'not-mine', person: 'Tom' },
    ],
    [
      { answer: 'wrong', reason: 'test-value' },
      { answer: 'wrong', reason: 'test-value' },
    ],
    [
      { answer: 'wrong:not-a-secret', note: 'A hash' },
      { answer: 'wrong', reason: 'not-a-secret', note: 'A hash' },
    ],
    [
      { answer: 'accept-risk', until: '2027-02-02' },
      { answer: 'accept-risk', until: '2027-02-02' },
    ],
  ])('is read from the fields of the page: %o', (fields, reply) => {
    expect(read(fields)).toEqual({ kind: 'reply', nonce: 'n', reply });
  });

  test.each([
    [{}, { problem: 'unclear' }],
    [{ answer: '' }, { problem: 'unclear' }],
    [{ answer: 'approve' }, { problem: 'unclear' }],
    [{ answer: 'wrong:everything' }, { problem: 'unclear' }],
    [{ answer: 'wrong' }, { answer: 'wrong', problem: 'reason-missing' }],
    [{ answer: 'accept-risk' }, { answer: 'accept-risk', problem: 'date-missing' }],
    [
      { answer: 'accept-risk', until: '2026-02-30' },
      { answer: 'accept-risk', problem: 'date-missing' },
    ],
    [
      { answer: 'accept-risk', until: '2026-11-04' },
      { answer: 'accept-risk', problem: 'date-outside' },
    ],
    [
      { answer: 'accept-risk', until: '2027-02-03' },
      { answer: 'accept-risk', problem: 'date-outside' },
    ],
  ])('that cannot be taken says why: %o', (fields, problem) => {
    expect(read(fields)).toEqual({ kind: 'problem', nonce: 'n', problem });
  });

  test('cannot accept a risk where the case gives no last day', () => {
    const fields = new URLSearchParams({ form: 'n', answer: 'accept-risk', until: '2026-12-01' });
    expect(readReplyForm(fields)).toMatchObject({ problem: { problem: 'date-outside' } });
  });

  test('never throws, and holds only short single lines, whatever is posted', () => {
    const text = fc.string({ unit: 'binary', maxLength: 500 });
    fc.assert(
      fc.property(fc.constantFrom('done', 'need-help', 'not-mine', 'wrong'), text, (answer, typed) => {
        const form = read({ answer, note: typed, person: typed, reason: 'other', case: typed });
        if (form.kind !== 'reply') throw new Error('a reply was expected');
        for (const part of [form.reply.note, form.reply.person, form.reply.caseCode]) {
          expect(part ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          expect([...(part ?? '')].length).toBeLessThanOrEqual(noteLengthMax);
          expect((part ?? '').isWellFormed()).toBe(true);
        }
        expect([...(form.reply.person ?? '')].length).toBeLessThanOrEqual(personLengthMax);
      }),
    );
  });
});
