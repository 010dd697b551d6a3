import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { traced } from '../src/lib/trace.ts';
import type { Store } from '../src/ports/store.ts';
import { openDoors } from './http/doors.ts';
import { testStores } from './support/stores.ts';

const exporter = new InMemorySpanExporter();
let store: Store;
beforeAll(async () => {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const [embedded] = testStores();
  if (embedded !== undefined) store = await embedded.open();
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  trace.disable();
  context.disable();
  await store.close();
});

test('a request is one span, named by its route; its path, query and token are in none of it', async () => {
  const doors = openDoors({ store });
  const token = await doors.token(['loops:read']);
  await doors.ask('/v1/loops/FB-SECRET-CODE?x=hidden', { token });
  const [span, ...more] = exporter.getFinishedSpans();
  expect(more).toEqual([]);
  expect(span?.name).toBe('GET /v1/loops/{id}');
  expect(span?.attributes['http.response.status_code']).toBe(400);
  const all = JSON.stringify([span?.name, span?.attributes, span?.events, span?.status]);
  for (const text of ['FB-SECRET', 'hidden', token]) expect(all).not.toContain(text);
});

test('a fault inside is told by the name of its class, and what runs inside belongs to it', async () => {
  class Fault extends Error {
    override name = 'Fault';
  }
  const work = traced('outer', {}, () =>
    traced('inner', {}, async () => {
      throw new Fault('ana@example.com said something');
    }),
  );
  await expect(work).rejects.toThrow('ana');
  const [inner, outer] = exporter.getFinishedSpans();
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  expect(inner?.attributes).toEqual({ 'error.type': 'Fault' });
  expect(JSON.stringify([inner?.status, inner?.events])).not.toContain('ana');
});
