import { expect, it } from 'vitest';
import { notifySystemd, statusMessage } from '../../lib/keeper/notify.ts';
import { cc, describeWith } from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { start } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

describeWith(cc, 'notifySystemd', () => {
  it.for(['a path', 'an abstract name'])('reaches a listener at %s, from this very process', async (kind) => {
    await using directory = await temporaryDirectory('notify');
    const address = kind === 'a path' ? directory.file('notify') : `@warmset-test-${process.pid}`;
    await using listener = start(fixture('datagrams'), [address]);
    await listener.saw(/^ready$/m);
    const env = { NOTIFY_SOCKET: address };
    expect(await notifySystemd('READY=1', env)).toBe(true);
    expect(await notifySystemd(`${statusMessage('über a\nREADY=0')}\nWATCHDOG=1`, env)).toBe(true);
    await listener.saw(/WATCHDOG=1\n/);
    // The process ID is the kernel's word: `NotifyAccess=main` believes no other.
    const us = process.pid;
    expect(listener.stdout).toBe(`ready\n${us} READY=1\n${us} STATUS=über a READY=0|WATCHDOG=1\n`);
    await listener.stop();
    const code = kind === 'a path' ? /ENOENT|ECONNREFUSED/ : /ECONNREFUSED/;
    await expect(notifySystemd('READY=1', env)).rejects.toThrow(code);
  });
});
