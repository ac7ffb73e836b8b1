// Finds out whether warming a model pays on this machine, and says so in one line; everything else is in DIRECTORY.
//   node examples/experiment.mjs /models/llama results
import { mkdir } from 'node:fs/promises';
import { HOST_EXPERIMENT, resolveTargets, runExperiment, writeReport } from 'warmset';

const [model, directory = 'results'] = process.argv.slice(2);
if (!model) {
  console.error('usage: node experiment.mjs MODEL [DIRECTORY]');
  process.exit(2);
}

const design = {
  conditions: ['cold', 'prewarm', 'warm'].map((name) => ({ kind: name, name })),
  rounds: 5,
  seed: 1,
  reader: { kind: 'scan' },
  prelude: true,
  dropCaches: false,
  schedulers: [],
};
await mkdir(directory, { recursive: true });
const result = await runExperiment(
  await resolveTargets([model]),
  {
    design,
    directory,
    onEvent: (event) => {
      if (event.type === 'done')
        console.log(`trial ${event.trial.index + 1} of ${event.of}: ${event.trial.state}`);
    },
  },
  { ...HOST_EXPERIMENT, server: null },
);
const { report, files } = await writeReport(directory, result);
for (const { headline } of report.verdicts) console.log(headline);
console.log(files[0]);
