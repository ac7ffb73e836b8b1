// Warms a model directory before a service starts, with a ceiling, and goes on only when it is proven to be there.
//   node examples/warm-before-start.mjs /models/llama 40GiB
import { resolveTargets, warm } from 'warmset';

const [directory, maxBytes = '8GiB'] = process.argv.slice(2);
if (!directory) {
  console.error('usage: node warm-before-start.mjs DIRECTORY [MAX_BYTES]');
  process.exit(2);
}

const set = await resolveTargets([directory]);
const result = await warm(set, {
  budget: { maxBytes },
  signal: AbortSignal.timeout(10 * 60_000),
  onPlan: (plan) =>
    console.log(`reading ${plan.toRead} of ${plan.asked} bytes, limit: ${plan.budget.binding}`),
});

console.log(`${result.residentNow} of ${result.asked} bytes are resident (${result.engine.engine})`);
for (const { file, failure } of result.files) {
  if (failure) console.error(`${file.path}: ${failure.message}`);
}
process.exitCode = result.stopped || result.residentNow < result.asked ? 1 : 0;
