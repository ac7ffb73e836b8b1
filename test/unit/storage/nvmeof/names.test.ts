import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  uuidOfNqn,
  wrongFibreChannel,
  wrongHostId,
  wrongInterface,
  wrongIp,
  wrongNqn,
  wrongSecret,
  wrongService,
} from '../../../../lib/storage/nvmeof/connect/names.ts';

const UUID = '2cd2c43b-a90a-45c1-a8cd-86b33ab273b5';

const GOOD: readonly (readonly [(text: string) => string | null, readonly string[]])[] = [
  [
    wrongNqn,
    [
      'nqn.2014-08.org.nvmexpress.discovery',
      `nqn.2014-08.org.nvmexpress:uuid:${UUID}`,
      'nqn.2024-01.org.example:models',
      'nqn.2024-12.com.x:a b'.replace(' ', '.'),
      `nqn.2024-01.org.example:${'x'.repeat(223 - 24)}`,
    ],
  ],
  [wrongIp, ['10.0.0.7', '::1', 'fe80::1%eth0', '2001:db8::7']],
  [wrongService, ['1', '4420', '65535']],
  [wrongInterface, ['eth0', 'enp3s0f1np1', 'bond0.100']],
  [wrongHostId, [UUID, UUID.toUpperCase()]],
  [wrongFibreChannel, ['nn-0x200000109b5a2f3c:pn-0x100000109b5a2f3c']],
  [
    wrongSecret,
    [
      `DHHC-1:00:${Buffer.alloc(36, 7).toString('base64')}:`,
      `DHHC-1:03:${Buffer.alloc(68).toString('base64')}:`,
    ],
  ],
];

const BAD: readonly (readonly [(text: string) => string | null, readonly string[]])[] = [
  [
    wrongNqn,
    [
      '',
      'models',
      'nqn.2024-13.org.example:x',
      'nqn.2024-01.org.example:a,transport=loop',
      'nqn.2024-01.org.example:a b',
      'nqn.2024-01.org.example:a\nb',
      'nqn.2024-01.org.example:a\u202eb',
      'nqn.2014-08.org.nvmexpress:uuid:nothing',
      `nqn.2024-01.org.example:${'x'.repeat(224 - 24)}`,
      `nqn.2024-01.org.example:${'ä'.repeat(100)}`,
    ],
  ],
  [
    wrongIp,
    ['', 'host', '10.0.0', '10.0.0.7,nqn=x', '10.0.0.7%eth0', '::1%', 'fe80::1%a/b', '::1%a%b', '-1'],
  ],
  [wrongService, ['0', '65536', '04420', 'nvme', '4420,x', '']],
  [wrongInterface, ['', '.', '..', 'a/b', 'a b', 'a,b', 'x'.repeat(16)]],
  [wrongHostId, ['', 'x', UUID.slice(1)]],
  [wrongFibreChannel, ['', 'nn-0x1:pn-0x2', '10.0.0.7']],
  [wrongSecret, ['', 'secret', 'DHHC-1:00:AAAA:', `DHHC-1:00:${Buffer.alloc(36).toString('base64')}:,tls`]],
];

test.each(GOOD)('%o takes what is right', (wrong, texts) => {
  for (const text of texts) expect([text, wrong(text)]).toEqual([text, null]);
});

test.each(BAD)('%o says what is wrong', (wrong, texts) => {
  for (const text of texts) expect([text, typeof wrong(text)]).toEqual([text, 'string']);
});

test('no name that is taken could add an option where the kernel reads them', () => {
  const checks = [
    wrongNqn,
    wrongIp,
    wrongService,
    wrongInterface,
    wrongHostId,
    wrongFibreChannel,
    wrongSecret,
  ];
  const tails = fc.constantFrom(',tls', '\ntransport=loop', ' x', '\0', ',', '\r');
  const heads = fc.constantFrom(...GOOD.flatMap(([, texts]) => texts));
  fc.assert(
    fc.property(heads, tails, fc.string(), (head, tail, rest) => {
      for (const wrong of checks) expect(wrong(head + tail + rest)).not.toBeNull();
    }),
  );
});

test('what is wrong with a secret says nothing of it', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9+/]{8,60}$/), (secret) => {
      expect(wrongSecret(`DHHC-1:00:${secret}!`)).not.toContain(secret);
    }),
  );
});

test('a host ID is taken from the NQN only where it is one', () => {
  expect(uuidOfNqn(`nqn.2014-08.org.nvmexpress:uuid:${UUID.toUpperCase()}`)).toBe(UUID);
  expect(uuidOfNqn('nqn.2024-01.org.example:host')).toBeNull();
});
