import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { startOpenAiServer } from '../support/openai-server/server.ts';

describeWith([cc, root], 'docs/json.md describes probes', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
    execFileSync('bash', ['--norc', '-c', `printf x > "$1"/$'\\xff'`, 'bash', model.path]);
  });
  afterAll(() => model[Symbol.asyncDispose]());

  it.each([
    ['warmset.probeOpen/1', ['probe', 'open']],
    ['warmset.probeRead/1', ['probe', 'read', '--count', '8']],
    ['warmset.probeReadConcurrent/1', ['probe', 'read', '--concurrent', '--count', '2', '--for', '200ms']],
  ])('describes %s as %j prints it', async (schema, verb) => {
    const document = json(await cli([...verb, '--json', model.path, model.directory.file('missing')]));
    expect(document.schema).toBe(schema);
  });

  it('describes what probes of servers and of the host print', async () => {
    const metrics = (): string => 'vllm:time_to_first_token_seconds_bucket{le="+Inf"} 1\n';
    await using server = await startOpenAiServer(
      ['good', 'json', 'unauthorised', 'notJson', 'reset', 'good'],
      {
        metrics,
      },
    );
    for (const [schema, words] of [
      ['warmset.probeTtft/1', ['ttft', server.url, '--requests', '6', '--warm-up', '0']],
      ['warmset.probeTtftTraffic/1', ['ttft', server.url, '--metrics', '--for', '10ms']],
      ['warmset.probeHost/1', ['host', '--for', '60ms', '--every', '20ms']],
      ['warmset.probeHost/1', ['host', '--', 'true']],
    ] as const) {
      const document = json(await cli(['probe', words[0], '--json', ...words.slice(1)]));
      expect(document.schema).toBe(schema);
    }
  });

  it('and nothing that never comes', () => {
    expect(documents.neverCame(DOCUMENT_GROUPS.probe)).toEqual([]);
  });
});
