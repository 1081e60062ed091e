import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSentProvider } from '../../test/support/sent-provider.ts';
import { type MeasuredGateway, startMeasuredGateway } from '../support/measured-gateway.ts';
import { SETTINGS } from './replica-set.ts';

/** Opens one gateway on the embedded engine, whose memory can be measured, and closes it when what runs is over. */
export async function withMeasuredGateway<Result>(
  run: (gateway: MeasuredGateway) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-torture-'));
  const provider = await startSentProvider();
  try {
    const addresses = { PORT: '0', STORE_URL: `file:${join(folder, 'data')}`, SMS_API_URL: provider.baseUrl };
    const gateway = await startMeasuredGateway(folder, { ...SETTINGS, ...addresses });
    try {
      return await run(gateway);
    } finally {
      await gateway.stop();
    }
  } finally {
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  }
}
