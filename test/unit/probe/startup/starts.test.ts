import { describe, expect, it } from 'vitest';
import { StartupLog } from '../../../../lib/probe/startup/index.ts';
import { fixture, phasesOf, reportOf } from './logs.ts';

const BEGIN = 'INFO 05-05 10:00:00 [api_server.py:1] vLLM API server version 0.15.1';
const at = (clock: string, text: string): string => `INFO 05-05 ${clock} [x.py:1] ${text}`;

describe('several starts in a log', () => {
  it.each(['vllm-v0', 'sglang', 'tensorrt-llm', 'llama-cpp', 'ollama'])('%s: all is of the last', (name) => {
    const log = fixture(name);
    const one = reportOf(log);
    expect(reportOf(log + log)).toEqual({ ...one, starts: 2, lines: 2 * one.lines });
  });

  it('forgets a start that came to nothing', () => {
    const log = [
      BEGIN,
      at('10:00:10', 'Loading weights took 9.00 seconds'),
      at('10:00:11', 'EngineCore failed to start.'),
      at('10:01:00', 'vLLM API server version 0.15.2'),
      at('10:01:20', 'Model loading took 1.00 GiB memory and 5.000000 seconds'),
      at('10:01:30', 'Starting vLLM API server 0 on http://0.0.0.0:8000'),
    ].join('\n');
    expect(reportOf(log)).toMatchObject({ starts: 2, version: '0.15.2', totalSeconds: 30, ready: true });
    expect(phasesOf(reportOf(log))).toEqual({ model: 5 });
  });

  it('is not ready when the last did not get there', () => {
    const report = reportOf(`${fixture('vllm-v1-compose')}${BEGIN}\n`);
    expect(report).toMatchObject({
      starts: 2,
      ready: false,
      totalSeconds: null,
      phases: [],
      modelBytes: null,
    });
  });

  it("counts no engine's import for the next start's", () => {
    const log = [
      BEGIN,
      at('10:00:05', 'Automatically detected platform cuda.'),
      at('10:00:10', 'Loading weights took 9.00 seconds'),
      at('10:01:00', 'vLLM API server version 0.15.1'),
      at('10:01:30', 'Starting vLLM API server 0 on http://0.0.0.0:8000'),
    ].join('\n');
    expect(reportOf(log)).toMatchObject({ totalSeconds: 30, phases: [] });
  });

  it("counts no engine's import for the next start's, where nothing else was said", () => {
    const log = [
      BEGIN,
      at('10:00:05', 'Automatically detected platform cuda.'),
      at('10:00:30', 'Starting vLLM API server 0 on http://0.0.0.0:8000'),
      at('10:01:00', 'vLLM API server version 0.15.1'),
    ].join('\n');
    expect(reportOf(log)).toMatchObject({ starts: 2, phases: [] });
  });

  it('takes no further API server of the same start for another', () => {
    const log = [
      BEGIN,
      at('10:00:10', 'Loading weights took 9.00 seconds'),
      `(ApiServer_1 pid=9) ${at('10:00:11', 'vLLM API server version 0.15.1')}`,
      at('10:00:30', 'Starting vLLM API server 1 on http://0.0.0.0:8000'),
    ].join('\n');
    expect(reportOf(log)).toMatchObject({ starts: 1, totalSeconds: 30 });
  });

  it('hears nothing of what is said behind ready', () => {
    const log = `${fixture('vllm-v0')}INFO 01-01 09:00:00 [x.py:1] Loading weights took 99.00 seconds\n`;
    expect(phasesOf(reportOf(log))).toEqual(phasesOf(reportOf(fixture('vllm-v0'))));
  });

  it("counts Ollama's idle time for nothing", () => {
    expect(reportOf(fixture('ollama')).totalSeconds).toBe(10.042);
    const unbegun = fixture('ollama').replace(/.*starting llama server.*\n/, '');
    expect(reportOf(unbegun)).toMatchObject({ ready: true, totalSeconds: null });
  });
});

describe('ranks and models', () => {
  it('takes the longest of the ranks, and one rank where only that speaks', () => {
    const line = (rank: number, seconds: string): string =>
      `(Worker_TP${rank} pid=${rank}) ${at('10:00:09', `Loading weights took ${seconds} seconds`)}\n`;
    const many = reportOf(Array.from({ length: 8 }, (_none, rank) => line(rank, `${rank}.50`)).join(''));
    expect(many.phases).toMatchObject([{ name: 'weights', seconds: 7.5, reports: 8 }]);
    expect(reportOf(line(3, '2.25')).phases).toMatchObject([{ seconds: 2.25, reports: 1 }]);
  });

  it('adds up the parts of one rank, never those of several', () => {
    const line = (rank: number, text: string): string =>
      `(Worker_TP${rank} pid=${rank}) ${at('10:00:09', text)}\n`;
    const log = [0, 1].flatMap((rank) => [
      line(rank, `Dynamo bytecode transform time: ${5 + rank}.00 s`),
      line(rank, 'Compiling a graph for shape 1 takes 2.00 s'),
    ]);
    expect(phasesOf(reportOf(`Loading weights took 1 s\n${log.join('')}`))).toMatchObject({ compile: 8 });
  });

  it('counts a line once that a wrapper has printed twice', () => {
    const line = at('10:00:09', 'Compiling a graph for shape 1 takes 2.00 s');
    const log = `Loading weights took 1 s\n(A pid=1) (Worker pid=2) ${line}\n(Worker pid=2) ${line}\n`;
    expect(phasesOf(reportOf(log))).toMatchObject({ compile: 2 });
  });
});

describe('a live stream', () => {
  it('is timed by its arrival where it has no stamps', () => {
    const log = new StartupLog();
    const events = [
      log.write('main: loading model\n', 1_000),
      log.write('load_tensors: loading model tensors, this can take a while...\n', 1_500),
      log.write('llama_context: constructing llama_context\n', 4_000),
      log.write('main: model loaded\n', 4_250),
    ].flat();
    expect(log.report()).toMatchObject({
      totalSeconds: 3.25,
      totalSource: 'arrival',
      unattributedSeconds: 0,
    });
    expect(phasesOf(log.report())).toEqual({ model: 3.25, 'model/weights': 2.5 });
    expect(events.map((event) => (event.type === 'phase' ? event.phase.name : event.type))).toEqual([
      'server',
      'weights',
      'model',
      'ready',
    ]);
  });

  it('says nothing twice', () => {
    const log = new StartupLog();
    const line = '(Worker pid=1) INFO 05-05 10:00:00 Loading weights took 2.00 seconds\n';
    expect(log.write(line)).toHaveLength(2);
    expect(log.write(line)).toEqual([]);
  });

  it('takes the stamp of a line close before ready, and of none that it sees but the end of', () => {
    const ready = 'INFO:     Application startup complete.\n';
    expect(reportOf(`${BEGIN}\n${at('10:00:09', 'x')}\n${ready}`)).toMatchObject({ totalSeconds: 9 });
    const cut = `${'x'.repeat(3000)} ${at('10:00:09', 'x')} ${'y'.repeat(3900)}`;
    expect(reportOf(`${BEGIN}\n${cut}\n${ready}`)).toMatchObject({ ready: true, totalSeconds: null });
  });

  it('knows no total of a log without stamps that was read afterwards', () => {
    expect(reportOf('main: loading model\nmain: model loaded\n')).toMatchObject({
      ready: true,
      totalSeconds: null,
      totalSource: null,
      unattributedSeconds: null,
      overlapSeconds: null,
    });
  });
});
