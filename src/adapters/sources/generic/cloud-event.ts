import { type Dict, isDict, textOf } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';
import type { Rejection } from '../../../ports/source.ts';

/** A CloudEvent 1.0 (https://github.com/cloudevents/spec, v1.0.2), whichever mode it came in. */
export type CloudEvent = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string | undefined;
  readonly subject: string | undefined;
  readonly severity: string | undefined;
  readonly data: unknown;
};

export function isCloudEvent(value: unknown): boolean {
  return isDict(value) && textOf(value.specversion) !== undefined && 'type' in value && 'source' in value;
}

/** Structured mode: the attributes and the data in one object. */
export function readStructured(record: Dict): CloudEvent | Rejection {
  return check(record, dataOf(record));
}

/** Binary mode (HTTP binding, 3.1): attributes in `ce-` headers, percent-encoded; the body is the data. */
export function readBinary(headers: Readonly<Record<string, string>>, data: unknown): CloudEvent | Rejection {
  const attributes: Record<string, string> = {};
  for (const name of ['specversion', 'id', 'source', 'type', 'time', 'subject', 'severitytext']) {
    const value = headers[`ce-${name}`];
    if (value !== undefined) attributes[name] = percentDecoded(value);
  }
  return check(attributes, data);
}

function check(attributes: Dict, data: unknown): CloudEvent | Rejection {
  const { specversion } = attributes;
  if (specversion !== '1.0' && specversion !== '1.0.2' && specversion !== '1.0.1') {
    return { rejected: 'specversion is not 1.0', pointer: '/specversion' };
  }
  const id = textOf(attributes.id);
  const source = textOf(attributes.source);
  const type = textOf(attributes.type);
  if (id === undefined) return { rejected: 'id is missing', pointer: '/id' };
  if (source === undefined) return { rejected: 'source is missing', pointer: '/source' };
  if (type === undefined) return { rejected: 'type is missing', pointer: '/type' };
  return {
    id,
    source,
    type,
    time: textOf(attributes.time),
    subject: textOf(attributes.subject),
    severity: textOf(attributes.severitytext),
    data,
  };
}

/** `data`, or the JSON behind `data_base64`; undefined where it is something else. */
function dataOf(record: Dict): unknown {
  const encoded = textOf(record.data_base64);
  if (encoded === undefined) return record.data;
  const parsed = parseRecord(Buffer.from(encoded, 'base64').toString('utf8'), limits);
  return parsed.ok ? parsed.value : undefined;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A sender that does not encode: the text is meant as it stands.
    return text;
  }
}
