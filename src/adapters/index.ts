import type { ChannelAdapter } from '../ports/channel.ts';
import type { Source } from '../ports/source.ts';
import { channel as email } from './channels/email/index.ts';
import { channel as outbox } from './channels/outbox/index.ts';
import { channel as webhook } from './channels/webhook/index.ts';

/** The registry: one line an adapter. Nothing outside this file and an adapter's own folder knows its id. */
export const sources: readonly Source[] = [];

export const channels: readonly ChannelAdapter[] = [outbox, email, webhook];
