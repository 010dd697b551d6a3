import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CueKind, cueKinds } from '../src/core/mail-cues/cue.ts';
import { findCues } from '../src/core/mail-cues/find-cues.ts';
import { parseMail } from '../src/lib/mail/parse-mail.ts';
import { readCueFiles } from '../src/packs/cue-files.ts';
import { openPackFolder, shippedPacksDir } from '../src/packs/pack-folder.ts';

/** Ordinary mails, which are not part of this repository. */
const corpus = join(
  process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../shared/corpus'),
  'mail-ham',
);
const isThere = existsSync(corpus);
const reason = isThere ? '' : ' (skipped: no corpus at FOLDBACK_CORPUS)';

/** As the README of `core/mail-cues` says; what is not here may not appear at all. */
const mailsMax: Readonly<Partial<Record<CueKind, number>>> = {
  'no-signer': 6,
  'link-text': 2,
  'link-address': 1,
  'reply-to': 1,
  threat: 1,
  spelling: 1,
};

describe.skipIf(!isThere)(`ordinary mail${reason}`, () => {
  test('is read, all of it, and shows signs of a phish as rarely as is said', async () => {
    const { known, shorteners, attachmentEndings, phrases } = readCueFiles(
      openPackFolder(shippedPacksDir(), []),
      [],
    );
    const own = { name: 'Example Ltd', domains: ['example.com'] };
    const signs = { known: [own, ...known], shorteners, attachmentEndings, phrases };
    const words = { firstName: '', lastName: '', position: '', email: '', other: '' };
    const mails: Partial<Record<CueKind, number>> = {};
    let without = 0;
    const files = readdirSync(corpus).filter((name) => name.endsWith('.eml'));
    for (const file of files) {
      const read = await parseMail({ kind: 'eml', bytes: readFileSync(join(corpus, file)), words });
      if (read.kind !== 'mail') throw new Error(`${file}: ${read.reason}`);
      const kinds = new Set(findCues(read.mail, signs, 1).map(({ kind }) => kind));
      if (kinds.size === 0) without += 1;
      for (const kind of kinds) mails[kind] = (mails[kind] ?? 0) + 1;
    }
    expect(files.length).toBeGreaterThan(100);
    for (const kind of cueKinds)
      expect([kind, (mails[kind] ?? 0) <= (mailsMax[kind] ?? 0)]).toEqual([kind, true]);
    expect(without).toBeGreaterThanOrEqual(97);
  });
});
