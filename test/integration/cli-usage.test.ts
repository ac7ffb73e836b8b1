import { describe, expect, it } from 'vitest';
import { cli } from '../support/cli.ts';

// What was typed; what the first line must name; what to do must say.
const MISTAKES: readonly (readonly [words: string[], what: RegExp, remedy: RegExp])[] = [
  [
    ['warm', '--max-bytes', '12parsecs', '/'],
    /--max-bytes: "12parsecs" .*unit "parsecs" is unknown/,
    /40GiB/,
  ],
  [['warm', '--max-bytes', '', '/'], /--max-bytes: "" .*empty/, /40GiB/],
  [['warm', '--max-bytes', '-1GiB', '/'], /--max-bytes: "-1GiB" .*negative/, /40GiB/],
  [['warm', '--max-bytes', '0', '/'], /--max-bytes: "0" allows nothing to be read/, /leave it out/],
  [['plan', '--fraction', '0%', '/'], /--fraction: "0%" allows nothing to be read/, /30%/],
  [['plan', '--fraction', '30', '/'], /--fraction: "30" .*more than the whole/, /30%/],
  [
    ['warm', '--engine', 'nonsense', '/'],
    /--engine: "nonsense" is not one of populate, sendfile, read/,
    /leave it/,
  ],
  [['warm', '--priority', 'rude', '/'], /--priority: "rude" is not one of idle, normal/, /leave it out/],
  [['warm', '--streams', '0', '/'], /--streams: "0" is not a whole number from 1 to 64/, /leave it out/],
  [['warm', '--streams', '1e1', '/'], /--streams: "1e1" is not a whole number/, /leave it out/],
  [
    ['warm', '--window', '5000', '/dev/null'],
    /--window must be a positive multiple of the page size/,
    /leave it/,
  ],
  [['lock', '--for', '10', '/'], /--for: "10" is not a duration: the unit is missing/, /30s/],
  [['warm', '--max-bytes'], /'--max-bytes <size>' argument missing/, /warmset warm --help/],
  [['status'], /no targets were given/, /warmset status \/models\/llama/],
  [['status', ''], /A target is empty/, /name a file/],
  [['evict', '--hard', '/'], /unknown option '--hard'/, /warmset evict --help/],
  [['status', '--jsn', '/'], /unknown option '--jsn'/, /did you mean --json\? see warmset status --help/],
  [['config', 'chekc'], /there is no verb "chekc" of warmset config/, /did you mean check\?/],
  [['config', 'warmset.yaml'], /no verb "warmset\.yaml" of warmset config/, /check, show/],
  [['config', '--json', 'show'], /no option --json before the verb/, /warmset config check --json/],
  [['config', 'show', 'a', 'b'], /too many arguments/, /warmset config show --help/],
  [['warn', '/'], /there is no verb "warn"/, /did you mean warm\?/],
  [['frobnicate'], /there is no verb "frobnicate"/, /status, plan, warm/],
  [['--json', 'status', '/'], /no option --json before the verb/, /behind the verb/],
  [['snapshot', 'sav'], /there is no verb "sav" of warmset snapshot/, /did you mean save\?/],
  [['snapshot', 'frobnicate'], /no verb "frobnicate" of warmset snapshot/, /save, restore, diff/],
  [['snapshot', '--json', 'save'], /no option --json before the verb/, /warmset snapshot save --json/],
  [['snapshot', 'save'], /no FILE was given/, /warmset snapshot save --help/],
  [['snapshot', 'save', 'x'], /no targets were given/, /warmset snapshot save FILE \/models\/llama/],
  [['snapshot', 'save', '', '/'], /the name of the snapshot is empty/, /llama\.snap/],
  [['snapshot', 'restore'], /no FILE was given/, /warmset snapshot restore --help/],
  [['snapshot', 'restore', 'x', '--max-bytes', '0'], /--max-bytes: "0" allows nothing/, /leave it out/],
  [['snapshot', 'diff', 'a', 'b', 'c'], /too many arguments/, /warmset snapshot diff --help/],
  [['help', 'warn'], /there is no verb "warn"/, /warm\?/],
];

describe('a mistake on the command line', () => {
  it.each(MISTAKES)('%j exits with 2, names it and says what to do', async (words, what, remedy) => {
    const { code, stdout, stderr } = await cli(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [first = '', second = '', ...others] = stderr.split('\n');
    expect(first).toMatch(/^warmset: /);
    expect(first).toMatch(what);
    expect(second).toMatch(/^ {5}do: /);
    expect(second).toMatch(remedy);
    expect(others).toEqual(['']);
  });

  it("can't steer the terminal by what was typed", async () => {
    const hostile = '\x1b[2Jx\nwarmset: all is well';
    for (const words of [[hostile], ['status', `--${hostile}`, '/'], ['warm', '--max-bytes', hostile, '/']]) {
      const { code, stderr } = await cli(words);
      expect(code).toBe(2);
      expect(stderr).not.toContain('\x1b');
      expect(stderr.match(/^warmset: /gm)).toHaveLength(1);
    }
  });

  it('no words at all show the help, as a mistake', async () => {
    const { code, stdout, stderr } = await cli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: warmset VERB/);
  });
});
