import { describe, expect, it } from 'vitest';
import { fixture, phasesOf, reportOf } from './logs.ts';

const GIB = 2 ** 30;

describe('the dialects', () => {
  it.each([
    [
      'vllm-v0',
      { model: 10, 'model/weights': 9, engine: 18.61, 'engine/graphs': 15 },
      { server: 'vllm', version: '0.6.4.post1', compileCache: 'unknown', totalSeconds: 36 },
      { model: 13.5083, cache: 56.31 },
    ],
    [
      'vllm-v1-compose',
      {
        import: 7.383912,
        distributed: 1.55,
        model: 14.50021,
        'model/weights': 12.31,
        engine: 14.72,
        'engine/compile': 7.01,
        'engine/graphs': 4,
      },
      { server: 'vllm', version: '0.15.1', compileCache: 'hit', totalSeconds: 54.881795 },
      { model: 7.75, cache: 58.2 },
    ],
    [
      'vllm-2026-ray',
      {
        model: 33.969258,
        'model/weights': 26.93,
        'weights/prefetch': 19.57,
        engine: 66.81,
        'engine/compile': 37.26,
        'engine/profile': 18.14,
        'engine/graphs': 10,
      },
      { server: 'vllm', version: '0.23.0', compileCache: 'miss', totalSeconds: 130 },
      { model: 35.1, cache: 21.5 },
    ],
    [
      'sglang',
      { distributed: 3, weights: 21, graphs: 16.39 },
      { server: 'sglang', version: null, compileCache: 'unknown', totalSeconds: 55 },
      { model: 7.64, cache: 48 },
    ],
    [
      'sglang-2026-journal',
      {
        engine: 52.09,
        'engine/distributed': 0.27,
        'engine/weights': 12.02,
        'engine/kv-cache': 0.02,
        'engine/graphs': 35.22,
      },
      { server: 'sglang', version: null, compileCache: 'unknown', totalSeconds: 68 },
      { model: 7.28, cache: 5.01 },
    ],
    [
      'tensorrt-llm',
      { model: 64.14, 'model/prefetch': 16, 'model/weights': 46, profile: 12, graphs: 13 },
      { server: 'tensorrt-llm', version: '1.1.0rc3', compileCache: 'unknown', totalSeconds: 98 },
      { model: 63.32, cache: 5.95 },
    ],
    [
      'llama-cpp',
      { model: 5.398452, 'model/weights': 3.6, 'model/kv-cache': 0.2, 'model/profile': 1 },
      { server: 'llama.cpp', version: '6153 (79c1160b)', compileCache: 'unknown', totalSeconds: 5.583299 },
      { model: 4437.8 / 1024, cache: 1 },
    ],
    [
      'ollama',
      { runner: 10.04, 'runner/weights': 7, 'runner/kv-cache': 1 },
      { server: 'ollama', version: '0.5.13', compileCache: 'unknown', totalSeconds: 10.042 },
      { model: 4155.99 / 1024, cache: 0.5 },
    ],
  ])('%s', (name, phases, facts, { model, cache }) => {
    const report = reportOf(fixture(name));
    expect(phasesOf(report)).toEqual(phases);
    expect(report).toMatchObject({ ...facts, ready: true, starts: 1, totalSource: 'stamps' });
    expect(report.modelBytes).toBe(Math.round(model * GIB));
    expect(report.kvCacheBytes).toBe(Math.round(cache * GIB));
    expect(report.lines).toBe(fixture(name).split('\n').length - 1);
  });

  it.each([
    [
      'vllm',
      'INFO 09-01 10:00:00 api_server.py:5] vLLM API server version 0.5.4',
      'Loading weights took 3.25 seconds',
      { weights: 3.25 },
    ],
    [
      'vllm',
      '(EngineCore pid=1) INFO 09-01 10:00:00 [core.py:1] Initializing a V1 LLM engine (v1.2.3) with config: x',
      'Time spent downloading weights for a/b: 61.500000 seconds',
      { download: 61.5 },
    ],
    [
      'vllm',
      'Initializing a V1 LLM engine (v1.2.3) with config',
      'graph compilation takes 14.73 s in total',
      { compile: 14.73 },
    ],
    [
      'vllm',
      'Initializing a V1 LLM engine (v1.2.3) with config',
      'torch.compile took 44.17 s in total',
      { compile: 44.17 },
    ],
    [
      'vllm',
      'Initializing a V0 LLM engine (v0.8.5) with config',
      'Memory profiling takes 0.61 seconds',
      { profile: 0.61 },
    ],
    [
      'vllm',
      'Initializing a V0 LLM engine (v0.8.5) with config',
      'Graph capturing finished in 14 secs.',
      { graphs: 14 },
    ],
    [
      'vllm',
      'Initializing a V1 LLM engine (v0.30) with config',
      'init engine (profile, create kv cache, warmup) took 55.81 s',
      { engine: 55.81 },
    ],
    [
      'sglang',
      'server_args=ServerArgs(a=1)',
      'Load weight end. elapsed=605.50 s, type=Lynx, avail mem=1 GB',
      { weights: 605.5 },
    ],
    [
      'sglang',
      'Load weight begin. avail mem=9 GB',
      'Capture draft verify CUDA graph end. elapsed=4.26 s',
      { graphs: 4.26 },
    ],
    ['tensorrt-llm', '[TensorRT-LLM][INFO] MPI size: 4', 'Model init total -- 5.18s', { model: 5.18 }],
    [
      'llama.cpp',
      'main: loading model',
      'llama_perf_context_print:        load time =    1234.56 ms',
      { model: 1.23456 },
    ],
    [
      'ollama',
      'time=x level=INFO source=server.go:1',
      'msg="llama-server started in 56.02 seconds"',
      { runner: 56.02 },
    ],
  ])('%s: %s … %s', (server, first, line, phases) => {
    const report = reportOf(`${first}\n${line}\n`);
    expect(report.server).toBe(server);
    expect(phasesOf(report)).toEqual(phases);
  });

  it('adds up what is compiled only where no line says the total', () => {
    const parts =
      'Initializing a V1 LLM engine (v1)\nDynamo bytecode transform time: 5.00 s\nCompiling a graph for general shape takes 6.50 s\n';
    expect(phasesOf(reportOf(parts))).toEqual({ compile: 11.5 });
    expect(phasesOf(reportOf(`${parts}torch.compile takes 12.00 s in total\n`))).toEqual({ compile: 12 });
  });

  it("counts compiling in V0's run to measure with, and beside V1's", () => {
    const log = (profile: string): string =>
      `Loading weights took 1 s\ntorch.compile takes 28.77 s in total\n${profile}\ninit engine (profile) took 40 s\n`;
    expect(phasesOf(reportOf(log('Memory profiling takes 34.26 seconds')))).toMatchObject({
      'engine/profile': 34.26,
      'profile/compile': 28.77,
    });
    expect(phasesOf(reportOf(log('Initial profiling/warmup run took 5.00 s')))).toMatchObject({
      'engine/profile': 5,
      'engine/compile': 28.77,
    });
  });

  it("adds up the devices of Ollama's own engine", () => {
    const log = ['model weights', 'kv cache'].flatMap((what) =>
      ['CUDA0', 'CPU'].map(
        (device) =>
          `time=2026-02-21T12:07:55.028-06:00 level=INFO source=device.go:245 msg="${what}" device=${device} size="1.5 GiB"`,
      ),
    );
    const report = reportOf(`time=x level=INFO source=server.go:1\n${log.join('\n')}\n`);
    expect(report).toMatchObject({ modelBytes: 3 * GIB, kvCacheBytes: 3 * GIB });
  });

  it('takes one graph that was compiled for a miss, whatever came from the cache', () => {
    const [hit, miss] = ['Directly load the compiled graph(s) for shape 1', 'Compiling a graph for shape 2'];
    for (const order of [`${hit}\n${miss}`, `${miss}\n${hit}`]) {
      expect(reportOf(`Starting vLLM x\n`).compileCache).toBe('unknown');
      expect(reportOf(`Loading weights took 1 s\n${order}\n`).compileCache).toBe('miss');
    }
  });

  it('says no cache of less than nothing', () => {
    expect(
      reportOf('Loading weights took 1 s\nAvailable KV cache memory: -3.31 GiB\n').kvCacheBytes,
    ).toBeNull();
  });

  it('knows no server where there is none', () => {
    expect(reportOf('npm install\nadded 5 packages\nINFO:     Application startup complete.')).toMatchObject({
      server: null,
      version: null,
      phases: [],
      ready: false,
      starts: 0,
      totalSeconds: null,
      unattributedSeconds: null,
      lines: 3,
    });
  });

  it('does not take an HTTP server that listens for a model that is loaded', () => {
    const log = fixture('llama-cpp').split('\n').slice(0, 14).join('\n');
    expect(reportOf(log)).toMatchObject({ server: 'llama.cpp', ready: false, totalSeconds: null });
  });
});
