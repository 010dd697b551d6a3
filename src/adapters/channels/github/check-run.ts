import { type Moment, type RenderedMessage, spotsOf } from '../../../core/message.ts';
import { momentsThatAsk } from '../../../core/message-template.ts';
import { clip, inertUrls, oneLine } from '../../../lib/escape.ts';
import { commands, renderComment, titleOf } from './render.ts';

/** What GitHub takes of one check run (docs.github.com/en/rest/checks, "Create a check run"). */
const limits = {
  annotationsPerCall: 50,
  annotationsMax: 500,
  actions: 3,
  label: 20,
  description: 40,
  message: 500,
};

export type Annotation = {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
};

type Output = {
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
};

export type CheckRun = {
  readonly name: string;
  readonly head_sha: string;
  readonly external_id: string;
  readonly status: 'completed';
  readonly conclusion: 'action_required' | 'success' | 'neutral';
  readonly output: Output;
  readonly actions: readonly {
    readonly label: string;
    readonly description: string;
    readonly identifier: string;
  }[];
};

/** The run with its first annotations, and what is added to it afterwards. */
export type CheckCalls = { readonly first: CheckRun; readonly more: readonly { readonly output: Output }[] };

/** Pure. A message as a check run on its commit; later words of a case stand in the place of earlier ones. */
export function renderCheckRun(
  message: RenderedMessage,
  given: { readonly messageId: string; readonly login: string; readonly commit: string },
): CheckCalls {
  const title = titleOf(message);
  const summary = renderComment(message, given.messageId, given.login);
  const batches = batchesOf(annotationsOf(message));
  const output = (annotations: readonly Annotation[]): Output => ({ title, summary, annotations });
  return {
    first: {
      name: checkNameOf(message.caseCode),
      head_sha: given.commit,
      external_id: given.messageId,
      status: 'completed',
      conclusion: conclusionOf(message.moment),
      output: output(batches[0] ?? []),
      actions: actionsOf(message),
    },
    more: batches.slice(1).map((batch) => ({ output: output(batch) })),
  };
}

export function checkNameOf(caseCode: string): string {
  return `Foldback ${caseCode.replace(/[^A-Za-z0-9-]/gu, '')}`;
}

function conclusionOf(moment: Moment): CheckRun['conclusion'] {
  if (momentsThatAsk.has(moment)) return 'action_required';
  return moment === 'verified' ? 'success' : 'neutral';
}

/** Annotations are plain text; only their place and the words of the message are in them. */
function annotationsOf(message: RenderedMessage): readonly Annotation[] {
  const { place } = message;
  if (place === undefined) return [];
  const level = momentsThatAsk.has(message.moment) ? ('warning' as const) : ('notice' as const);
  const text = clip(inertUrls(oneLine(message.subject)), limits.message);
  return spotsOf(place)
    .slice(0, limits.annotationsMax)
    .map(({ file, line }) => ({
      path: file,
      start_line: line,
      end_line: line,
      annotation_level: level,
      title: message.caseCode,
      message: text === '' ? message.caseCode : text,
    }));
}

function batchesOf(all: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const count = Math.ceil(all.length / limits.annotationsPerCall);
  return Array.from({ length: count }, (_, index) =>
    all.slice(index * limits.annotationsPerCall, (index + 1) * limits.annotationsPerCall),
  );
}

/** The same words as in a comment stand for the answers; three find a place, in this order. */
function actionsOf(message: RenderedMessage): CheckRun['actions'] {
  return Object.entries(commands)
    .flatMap(([identifier, answer]) => {
      const words = message.answerLabels?.[answer];
      const label = words === undefined ? '' : clip(inertUrls(oneLine(words)), limits.label);
      if (label === '' || !message.answers.includes(answer)) return [];
      const description = clip(inertUrls(oneLine(`${words} · ${message.caseCode}`)), limits.description);
      return [{ label, description, identifier }];
    })
    .slice(0, limits.actions);
}
