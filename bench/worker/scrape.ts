import { EventEmitter } from 'node:events';
import { createMetrics } from 'warmset';

const FILES = 1_000;

/** A registry after a sweep over a thousand files in one set, and what a scrape of it asks for. */
export function scrapeOf(fileSeries: number): () => Promise<string> {
  const keeper = new EventEmitter();
  const { registry } = createMetrics(keeper, { fileSeries });
  const files = Array.from({ length: FILES }, (_, number) => ({
    path: `/models/some/folder/model-${number}-of-${FILES}.safetensors`,
    sizeBytes: 2 ** 30,
    residentBytes: 2 ** 29,
    refilledBytes: 0,
    lostBytes: 0,
    map: [],
    failure: null,
  }));
  const bytes = {
    targetBytes: FILES * 2 ** 30,
    allowedBytes: FILES * 2 ** 30,
    residentBytes: FILES * 2 ** 29,
  };
  const totals = { refilledBytes: 0, refillSeconds: 0, lostBytes: 0, unknownFiles: 0, failedFiles: 0 };
  keeper.emit('sweep', {
    startedAtMs: 0,
    seconds: 1,
    sets: [{ name: 'one', priority: 1, hitRatio: 0.5, ...bytes, ...totals, files }],
    budget: { allowedBytes: 2 ** 40, limit: 'maxBytes', reason: '' },
    held: null,
  });
  return () => registry.metrics();
}
