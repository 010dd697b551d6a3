import type { ByHandForm } from '../core/by-hand.ts';
import type { Event } from '../core/event.ts';
import type { Fingerprinter } from '../core/fingerprint.ts';
import type { Clones } from '../lib/git/clones.ts';
import type { ChannelAdapter } from '../ports/channel.ts';
import type { MapContext } from '../ports/source.ts';
import type { Verifier } from '../ports/verifier.ts';
import { channel as email } from './channels/email/index.ts';
import { channel as github } from './channels/github/index.ts';
import { channel as outbox } from './channels/outbox/index.ts';
import { channel as slack } from './channels/slack/index.ts';
import { channel as teams } from './channels/teams/index.ts';
import { channel as webhook } from './channels/webhook/index.ts';
import { byHand as byHandEvent, byHandInput, byHandSource } from './sources/generic/by-hand.ts';
import { verifier as gitHead } from './verifiers/git/index.ts';

/**
 * The registry, with `readers.ts`: one line an adapter. Nothing outside the two and an adapter's own folder knows its
 * id.
 */
export { type OwnerDirectoryAdapter, type OwnerSettings, ownerDirectories, sources } from './readers.ts';

export const channels: readonly ChannelAdapter[] = [outbox, email, slack, teams, github, webhook];

/** A case that a person reports: the fields, and the event that they are. */
export const byHand = {
  source: byHandSource,
  input: byHandInput,
  event: (input: unknown, form: ByHandForm, context: MapContext): Event =>
    byHandEvent(byHandInput.parse(input), form, context),
};

export type VerifierAdapter = {
  readonly id: string;
  readonly title: string;
  open(settings: {
    readonly clones: Clones;
    readonly fingerprint: Fingerprinter;
  }): Promise<Verifier | undefined>;
};

export const verifiers: readonly VerifierAdapter[] = [gitHead];
