// `npm run docs:readme`: puts the real output of commands between the markers in README.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './ensure.mjs';

ensure();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'dist', 'cli.js');
const home = mkdtempSync('/var/tmp/models-');

function warmset(...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`warmset ${args.join(' ')}: ${status}\n${stderr}`);
  return showPlace(stdout).trimEnd();
}

/** The place of the files is this machine's affair; columns move with the names. */
function showPlace(text) {
  const places = [
    [new RegExp(`${home}/warmset-demo-\\w+/model`, 'g'), '/models/demo'],
    [new RegExp(home, 'g'), '/models'],
  ];
  return places.reduce((shown, [place, name]) => {
    const moved = (shown.match(place)?.[0].length ?? name.length) - name.length;
    const gap = new RegExp(`^(FILE|\\d+ files?) {${moved}}`, 'gm');
    return shown.replaceAll(place, name).replaceAll(gap, '$1');
  }, text);
}

function halfWarmModel() {
  const model = join(home, 'llama');
  mkdirSync(model);
  for (const [name, mib] of [
    ['model-00001-of-00002.safetensors', 96],
    ['model-00002-of-00002.safetensors', 64],
  ]) {
    writeFileSync(join(model, name), Buffer.alloc(mib << 20, name), { flush: true });
  }
  spawnSync(process.execPath, [cli, 'evict', '--sync', model]);
  spawnSync(process.execPath, [cli, 'warm', '--quiet', '--max-bytes', '128MiB', model]);
  return model;
}

try {
  const outputs = {
    demo: ['$ npm start', warmset('demo', '--dir', home)],
    status: ['$ warmset status /models/llama', warmset('status', halfWarmModel())],
  };
  let readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const [name, lines] of Object.entries(outputs)) {
    const block = new RegExp(`(<!-- begin output: ${name} -->)[\\s\\S]*?(<!-- end output -->)`);
    readme = readme.replace(
      block,
      (_, begin, end) => `${begin}\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n${end}`,
    );
  }
  writeFileSync(join(root, 'README.md'), readme);
} finally {
  rmSync(home, { recursive: true, force: true });
}
