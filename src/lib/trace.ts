import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/**
 * Spans for whoever registers an OpenTelemetry SDK in this process (`node --import ./telemetry.mjs …`); without one they cost
 * nothing. Attributes are names of ours, numbers and states: never text from an event, a name or an address of a person.
 */
const tracer = trace.getTracer('foldback');

/** Runs in a span of its own. A fault is recorded by the name of its class alone: its message may quote anything. */
export async function traced<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  return tracer.startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
      throw error;
    } finally {
      span.end();
    }
  });
}

export const spanKind = SpanKind;
