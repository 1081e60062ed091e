import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { describeStartError } from '../../src/main/describe-start-error.ts';

const config = loadConfig({ HOST: 'gateway.test', PORT: '80', ADMIN_HOST: 'admin.test', ADMIN_PORT: '81' });
const failure = (members: object) => Object.assign(new Error('the words of the system'), members);

describe('a start that failed', () => {
  it.each([
    [{ code: 'EADDRINUSE', syscall: 'listen' }, /^Port 80 on gateway.test is in use: set PORT or --port/],
    [{ code: 'EACCES', syscall: 'listen' }, /^Port 80 may not be listened on/],
    [{ code: 'EADDRNOTAVAIL', syscall: 'listen' }, /^HOST=gateway.test is not an address/],
    [
      { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'gateway.test' },
      /^HOST=gateway.test is not an address/,
    ],
    [
      { code: 'EADDRINUSE', syscall: 'listen', address: 'admin.test', port: 81 },
      /^Port 81 on admin.test is in use: set ADMIN_PORT to another one/,
    ],
    [
      { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'admin.test' },
      /^ADMIN_HOST=admin.test is not an address/,
    ],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'redis.test' }, /^the words of the system$/],
    [{ code: 'EACCES', syscall: 'mkdir' }, /^the words of the system$/],
  ])('is told by what to change: %j', (members, sentence) => {
    expect(describeStartError(failure(members), config)).toMatch(sentence);
  });
});
