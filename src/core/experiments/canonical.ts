import type { Json } from '../event.ts';
import { type ExperimentDocument, experimentSchema } from './document.ts';

/** The document as plain JSON: what is not given is left out, so that the same document has the same text. */
export function documentJson(document: ExperimentDocument): { readonly [key: string]: Json } {
  const { arms, approvedBy, control, ...rest } = document;
  return {
    ...rest,
    guardrails: [...rest.guardrails].sort(),
    arms: arms.map(({ id, share, message, holdOut }) => ({
      id,
      share,
      ...(message === undefined ? {} : { message }),
      ...(holdOut === undefined ? {} : { holdOut }),
    })),
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(control === undefined ? {} : { control }),
  };
}

/** A stored document; undefined when it is of another time. */
export function readDocument(text: string): ExperimentDocument | undefined {
  const parsed = experimentSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}
