import { type Command, Option } from 'commander';
import type { Shared } from './program.ts';
import type { StoreFlags } from './session.ts';

type Flags = StoreFlags & { readonly json?: boolean; readonly reason?: string };

/** What was said and what became of it, and what operators do about it. */
export function addMessages(program: Command, shared: Shared): void {
  const { finish, config, server, json } = shared;
  const messages = program
    .command('messages')
    .summary('list, show, resend, redirect, withdraw and settle messages')
    .description('What was said to whom, and what became of it.');
  const common = (command: Command) => command.addOption(server()).addOption(config()).addOption(json());
  common(
    messages
      .command('list')
      .description('Lists messages, the latest first.')
      .option('--state <state>', 'only in this state, such as dead, refused, bounced or uncertain')
      .option('--channel <id>', 'only of this channel')
      .option('--to <id>', 'only to this person or team, or duty')
      .option('--limit <n>', 'how many, up to 200', '50')
      .option('--after <cursor>', 'the page after another'),
  ).action(async (flags) => {
    const { messagesListCommand } = await import('./commands/messages.ts');
    finish(await messagesListCommand(flags));
  });
  common(
    messages
      .command('show')
      .description('Shows a message as it was written, and what became of it.')
      .argument('<message>', 'its id'),
  ).action(async (id: string, flags) => {
    const { messagesShowCommand } = await import('./commands/messages.ts');
    finish(await messagesShowCommand(id, flags));
  });
  addOperations(messages, common, finish);
  addRollout(program, common, finish);
  const channels = common(
    program
      .command('channels')
      .description('Shows for each channel what became of its messages.')
      .option('--since <time>', 'only messages made then or later, ISO 8601')
      .option('--until <time>', 'only messages made before then'),
  ).action(async (flags) => {
    const { channelsCommand } = await import('./commands/messages.ts');
    finish(await channelsCommand(flags));
  });
  common(
    channels
      .command('resume')
      .description('Calls a receiver again that said it wants nothing any more (410).')
      .argument('<channel>', 'its id, such as webhook'),
  ).action(async (channel: string, flags: Flags) => {
    const { channelResumeCommand } = await import('./commands/messages.ts');
    finish(await channelResumeCommand(channel, flags));
  });
}

function addRollout(program: Command, common: (command: Command) => Command, finish: Shared['finish']): void {
  const rollout = program
    .command('rollout')
    .summary('turn behaviours and teams between shadow and live')
    .description('Of which behaviours and teams people are told, and what is shown only.');
  common(rollout.command('list').description('Shows the switches and their latest turns.')).action(
    async (flags) => {
      const { rolloutListCommand } = await import('./commands/rollout.ts');
      finish(await rolloutListCommand(flags));
    },
  );
  common(
    rollout
      .command('set')
      .description('Turns a switch. What was only shown stays history until it is released.')
      .addOption(
        new Option('--stage <stage>', 'settings gives it back to the settings')
          .choices(['shadow', 'canary', 'live', 'settings'])
          .makeOptionMandatory(),
      )
      .option('--behaviour <id>', 'of this behaviour')
      .option('--team <team>', 'of cases of this team')
      .option('--share <share>', 'of people in a canary, such as 0.1')
      .requiredOption('--reason <text>', 'why; it is kept beside the turn'),
  ).action(async (flags) => {
    const { rolloutSetCommand } = await import('./commands/rollout.ts');
    finish(await rolloutSetCommand(flags));
  });
  common(
    program
      .command('shadow')
      .description('Shows what would have been said beside what was, by behaviour, team and moment.')
      .option('--since <time>', 'only messages made then or later, ISO 8601')
      .option('--behaviour <id>', 'only of this behaviour')
      .option('--team <team>', 'only of this team'),
  ).action(async (flags) => {
    const { shadowCommand } = await import('./commands/rollout.ts');
    finish(await shadowCommand(flags));
  });
}

function addOperations(
  messages: Command,
  common: (command: Command) => Command,
  finish: Shared['finish'],
): void {
  const because = '--reason <text>';
  const told = 'why; it stands in the story of the case';
  const operation = (name: string, description: string) =>
    common(messages.command(name).description(description).argument('<message>', 'its id'));
  operation('resend', 'Says once more what a channel accepted, to whoever lost it.')
    .option(because, told)
    .action(async (id: string, flags: Flags) => {
      const { operateCommand } = await import('./commands/messages.ts');
      finish(await operateCommand(id, 'resend', { reason: flags.reason }, flags));
    });
  operation('redirect', 'Has somebody else of the directory asked instead.')
    .requiredOption('--to <who>', 'person:<id>, team:<id> or duty')
    .requiredOption(because, told)
    .action(async (id: string, flags: Flags & { readonly to: string }) => {
      const { operateCommand, addresseeOf } = await import('./commands/messages.ts');
      const body = { to: addresseeOf(flags.to), reason: flags.reason };
      finish(await operateCommand(id, 'redirect', body, flags));
    });
  operation(
    'withdraw',
    'Takes back a message that waits; the next in line hears of the case. What left cannot be unsent.',
  )
    .requiredOption(because, told)
    .action(async (id: string, flags: Flags) => {
      const { operateCommand } = await import('./commands/messages.ts');
      finish(await operateCommand(id, 'withdraw', { reason: flags.reason }, flags));
    });
  operation('settle', 'Says of an uncertain message that it arrived, or sends it again.')
    .addOption(
      new Option('--as <outcome>', 'send-again may say it twice')
        .choices(['arrived', 'send-again'])
        .makeOptionMandatory(),
    )
    .option(because, told)
    .action(async (id: string, flags: Flags & { readonly as: string }) => {
      const { operateCommand } = await import('./commands/messages.ts');
      finish(await operateCommand(id, 'settle', { as: flags.as, reason: flags.reason }, flags));
    });
  common(
    messages
      .command('replay')
      .description('Sends failed messages again: the one named, or all that fit, the earliest first.')
      .argument('[message]', 'its id')
      .addOption(
        new Option('--state <state>', 'which ones').choices(['dead', 'refused', 'bounced']).default('dead'),
      )
      .option('--channel <id>', 'only of this channel')
      .option('--since <time>', 'only messages made then or later, ISO 8601')
      .option('--limit <n>', 'how many, up to 1000', '200'),
  ).action(async (id: string | undefined, flags) => {
    const { messagesReplayCommand } = await import('./commands/messages.ts');
    finish(await messagesReplayCommand(id, flags));
  });
}
