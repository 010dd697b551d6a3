import type { Event } from '../core/event.ts';
import type { Fingerprinter } from '../core/fingerprint.ts';
import type { Clones } from '../lib/git/clones.ts';
import type { ChannelAdapter } from '../ports/channel.ts';
import type { OwnerDirectory } from '../ports/owner-directory.ts';
import type { MapContext, Source } from '../ports/source.ts';
import type { Verifier } from '../ports/verifier.ts';
import { channel as email } from './channels/email/index.ts';
import { channel as outbox } from './channels/outbox/index.ts';
import { channel as webhook } from './channels/webhook/index.ts';
import { directory as codeowners } from './owners/codeowners/index.ts';
import { directory as git } from './owners/git/index.ts';
import { directory as people } from './owners/people/index.ts';
import { byHand as byHandEvent, byHandInput } from './sources/generic/by-hand.ts';
import { source as generic } from './sources/generic/index.ts';
import { source as github } from './sources/github/index.ts';
import { source as gitleaks } from './sources/gitleaks/index.ts';
import { source as trufflehog } from './sources/trufflehog/index.ts';
import { verifier as gitHead } from './verifiers/git/index.ts';

/** The registry: one line an adapter. Nothing outside this file and an adapter's own folder knows its id. */
export const sources: readonly Source[] = [gitleaks, trufflehog, github, generic];

export const channels: readonly ChannelAdapter[] = [outbox, email, webhook];

/** A case that a person reports: the fields, and the event that they are. */
export const byHand = {
  input: byHandInput,
  event: (input: unknown, context: MapContext): Event => byHandEvent(byHandInput.parse(input), context),
};

/** Opens a directory with what the installation has; undefined where it has nothing for it. */
export type OwnerDirectoryAdapter = {
  readonly id: string;
  readonly title: string;
  open(settings: {
    readonly peopleFile?: string | undefined;
    readonly clones: Clones;
  }): Promise<OwnerDirectory | undefined>;
};

export const ownerDirectories: readonly OwnerDirectoryAdapter[] = [people, codeowners, git];

export type VerifierAdapter = {
  readonly id: string;
  readonly title: string;
  open(settings: {
    readonly clones: Clones;
    readonly fingerprint: Fingerprinter;
  }): Promise<Verifier | undefined>;
};

export const verifiers: readonly VerifierAdapter[] = [gitHead];
