import { expect, it } from 'vitest';
import { chromium, describeWith } from '../support/capabilities.ts';
import { busyKeeper } from '../support/fake-keeper.ts';
import { run } from '../support/run.ts';
import { serveKeeper } from '../support/serve-keeper.ts';
import { temporaryDirectory } from '../support/temp.ts';

/** Loads a page and returns its document as the browser understood it, and what it complained of. */
async function load(url: string, ...flags: string[]): Promise<{ dom: string; complaints: string[] }> {
  await using profile = await temporaryDirectory('chromium');
  const result = await run(
    'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      `--user-data-dir=${profile.path}`,
      '--enable-logging=stderr',
      '--log-level=0',
      ...flags,
      '--dump-dom',
      url,
    ],
    { timeoutMs: 60_000 },
  );
  return { dom: result.stdout, complaints: result.stderr.match(/^.*:CONSOLE.*$/gm) ?? [] };
}

describeWith(chromium, 'the status page in a browser', () => {
  it('renders without a complaint, and hostile names stay words', { timeout: 90_000 }, async () => {
    await using served = await serveKeeper();
    busyKeeper(served.keeper, served.clock);
    const { dom, complaints } = await load(`${served.exporter.url}/`);
    expect(complaints).toEqual([]);
    expect(dom).toContain('&lt;img src=x onerror=alert(1)&gt;.gguf');
    expect(dom).toContain('model-00004-of-00004.safetensors');
    expect(dom).not.toMatch(/<(script|img)[\s>]/);
    expect(dom.match(/<path class="warm" d="M/g)?.length).toBeGreaterThanOrEqual(6);
    expect(dom.trimEnd()).toMatch(/<\/footer>\s*<\/body><\/html>$/);
  });

  it('a complaint would be seen', { timeout: 90_000 }, async () => {
    const { complaints } = await load('data:text/html,<script>console.error("seen")</script>');
    expect(complaints.join()).toContain('seen');
  });
});
