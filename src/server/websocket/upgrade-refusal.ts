import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

export interface UpgradeRefusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a handshake with plain HTTP: there is no WebSocket yet to close. */
export function refuseUpgrade(transport: Duplex, { status, message, headers = {} }: UpgradeRefusal): void {
  const body = `${message}\n`;
  const lines = Object.entries({
    connection: 'close',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  transport.once('error', () => {}); // the client may be gone
  transport.once('finish', () => transport.destroy()); // or stay, with a connection that nothing else would end
  transport.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
