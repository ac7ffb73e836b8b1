import { expect, test } from 'vitest';
import { checkWarmers } from '../../../../lib/doctor/checks/warmers.ts';
import { program, readings, running } from '../healthy.ts';

const check = (...commandLines: string[]) => checkWarmers(readings({ processes: running(...commandLines) }));

test.each([
  ['vmtouch -vt /models'],
  ['/usr/bin/vmtouch -dl /models'],
  ['warmset keep /models'],
  ['node /usr/local/bin/warmset warm --json /models'],
  ['/usr/bin/node --max-old-space-size=64 /opt/warmset/dist/cli.js run -- vllm serve x'],
])('%s is a warmer', (line) => {
  const findings = check('bash', line);
  expect(findings).toMatchObject([{ id: 'other-warmer', level: 'warning' }]);
  expect(findings[0]?.evidence).toContain('(101)');
});

test.each([
  ['vmtouch /models'],
  ['vmtouch -v /models'],
  ['fincore /models/a'],
  ['warmset status /models'],
  ['node /usr/local/bin/warmset doctor keep'],
  ['vim /home/x/warmset keep'],
  ['grep warmset keep'],
  ['node app.js warmset keep'],
])('%s is none', (line) => {
  expect(check(line)).toMatchObject([{ id: 'other-warmer', level: 'ok' }]);
});

test.each([
  ['python -m vllm serve x --safetensors-load-strategy prefetch'],
  ['vllm serve x --safetensors-load-strategy=prefetch'],
  ['vllm serve x --safetensors_load_strategy prefetch'],
  ['python -m sglang.launch_server --weight-loader-prefetch-checkpoints --tp 2'],
  ['trtllm-serve a/b --tp_size 2'],
])('%s prefetches itself', (line) => {
  expect(check(line)).toMatchObject([{ id: 'engine-prefetch', level: 'warning' }]);
});

test.each([['vllm serve x --safetensors-load-strategy lazy'], ['vllm serve prefetch']])(
  '%s does not',
  (line) => {
    expect(check(line)).toMatchObject([{ level: 'ok' }]);
  },
);

test('arguments are never shown: they may hold secrets', () => {
  const findings = check('vllm serve x --api-key s3cret --safetensors-load-strategy prefetch');
  expect(JSON.stringify(findings)).not.toContain('s3cret');
});

test('of a family the topmost is named', () => {
  const processes = [
    program(10, 'timeout 60 vmtouch -t /a'),
    program(11, 'vmtouch -t /a', 10),
    program(12, 'vmtouch -t /a', 11),
    program(20, 'vmtouch -t /b'),
  ];
  const [finding] = checkWarmers(readings({ processes: { processes, unread: 0 } }));
  expect(finding?.title).toBe('2 other warmers running');
  expect(finding?.evidence).toContain('vmtouch (11), vmtouch (20) in /proc');
});

test('what could not be read is said', () => {
  const processes = { processes: [], unread: 7 };
  const [finding] = checkWarmers(readings({ processes }));
  expect(finding).toMatchObject({ level: 'note' });
  expect(finding?.evidence).toContain("7 more couldn't be read");
  expect(checkWarmers(readings({ processes: null }))).toMatchObject([{ id: 'processes', level: 'note' }]);
});
